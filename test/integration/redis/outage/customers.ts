/** What a customer was answered. */
export interface Response {
  readonly status: number
  /** `Fulcrum-Source`. */
  readonly source: string | null
  /** When it was there, as `performance.now()`. */
  readonly at: number
}

/** More items than customers, so that each item is written by one of them and he knows what he has to see. */
const CUSTOMERS = 24
const WRITE_EVERY = 8

/** Customers who read and write, each one thing after the other, until they are told to stop; each sees what he has written. */
export class Customers {
  readonly responses: Response[] = []
  /** Requests that were not answered as they should have been, and writes that their writers did not see. */
  readonly complaints: string[] = []
  readonly #url: string
  readonly #all: readonly Promise<void>[]
  #isOver = false

  constructor(url: string) {
    this.#url = url
    this.#all = Array.from({ length: CUSTOMERS }, (_, id) => this.#shop(id))
  }

  /** Whether an answer came from the shared cache since then. */
  isServedFromCache(since: number): boolean {
    return this.responses.some(({ source, at }) => at > since && source === 'shared')
  }

  async stop(): Promise<void> {
    this.#isOver = true
    await Promise.all(this.#all)
  }

  async #shop(id: number): Promise<void> {
    let token = ''
    for (let turn = 1; !this.#isOver; turn += 1) {
      const written = turn - (turn % WRITE_EVERY)
      const isWrite = turn === written
      const request = isWrite ? { method: 'PUT', body: JSON.stringify({ count: turn }) } : {}
      token = (await this.#send(id, request, { token, atLeast: written })) ?? token
    }
  }

  /** Returns the token of the session after it. */
  async #send(id: number, request: RequestInit, session: Session): Promise<string | undefined> {
    const headers = {
      'content-type': 'application/json',
      ...(session.token && { 'fulcrum-token': session.token }),
    }
    try {
      const response = await fetch(`${this.#url}/stock/${id}`, { ...request, headers })
      const body = await response.text()
      this.#received(response, body, session)
      return response.headers.get('fulcrum-token') ?? undefined
    } catch (error) {
      this.complaints.push(String(error))
      return undefined
    }
  }

  #received({ status, headers }: globalThis.Response, body: string, { atLeast }: Session): void {
    this.responses.push({ status, source: headers.get('fulcrum-source'), at: performance.now() })
    if (status !== 200) this.complaints.push(`${status} ${body}`)
    else if ((JSON.parse(body) as { count: number }).count < atLeast)
      this.complaints.push(`wrote ${atLeast}, and read ${body} from ${headers.get('fulcrum-source')}`)
  }
}

interface Session {
  readonly token: string
  readonly atLeast: number
}
