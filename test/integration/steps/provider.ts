import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

/** How the provider treats the next requests: `fail` breaks before it does anything, `fail after` afterwards; `hang` does it and never answers. */
export type Mode = 'ok' | 'fail' | 'fail after' | 'hang'

interface Asked {
  readonly key: string
  readonly about: string
  /** What is refunded. */
  readonly charge?: string
}

/** Something that was done, and how often it was asked for. */
interface Done extends Asked {
  times: number
}

/** A service elsewhere that does what it is asked once for each key, however often it is asked. */
export class Provider implements AsyncDisposable {
  readonly #server: Server
  /** By their keys. */
  readonly charges: Map<string, Done> = new Map()
  readonly refunds: Map<string, Done> = new Map()
  /** What is done with the next requests for charges and for refunds, and `ok` with those after them. */
  readonly next: { readonly charge: Mode[]; readonly refund: Mode[] } = { charge: [], refund: [] }
  /** What is done with all further ones. */
  always: { charge: Mode; refund: Mode } = { charge: 'ok', refund: 'ok' }

  constructor() {
    this.#server = createServer((request, response) => {
      void text(request).then((body) => this.#answer(request.url ?? '', JSON.parse(body) as Asked, response))
    })
  }

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve))
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  /** Charges of something that were not refunded. */
  kept(about: string): number {
    const refunded = new Set(Array.from(this.refunds.values(), ({ charge }) => charge))
    return this.chargesOf(about).filter(({ key }) => !refunded.has(key)).length
  }

  chargesOf(about: string): readonly Done[] {
    return [...this.charges.values()].filter((done) => done.about === about)
  }

  refundsOf(about: string): readonly Done[] {
    return [...this.refunds.values()].filter((done) => done.about === about)
  }

  reset(): void {
    this.charges.clear()
    this.refunds.clear()
    this.next.charge.length = 0
    this.next.refund.length = 0
    this.always = { charge: 'ok', refund: 'ok' }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  #answer(url: string, asked: Asked, response: ServerResponse): void {
    const kind = url === '/charges' ? 'charge' : 'refund'
    const mode = this.next[kind].shift() ?? this.always[kind]
    if (mode === 'fail') return reply(response, 503)
    if (kind === 'charge') note(this.charges, asked)
    else if (asked.charge !== undefined && this.charges.has(asked.charge)) note(this.refunds, asked)
    if (mode === 'hang') return
    reply(response, mode === 'ok' ? 201 : 500, { id: `${kind} ${asked.key}` })
  }
}

function note(done: Map<string, Done>, asked: Asked): void {
  const before = done.get(asked.key)
  if (before === undefined) done.set(asked.key, { ...asked, times: 1 })
  else before.times += 1
}

function reply(response: ServerResponse, status: number, body: object = {}): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

/** Asks the provider. @throws where it does not answer, or not well. */
export async function ask(url: string, body: object, signal: AbortSignal): Promise<{ readonly id: string }> {
  const headers = { 'content-type': 'application/json' }
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body), signal })
  if (!response.ok) throw new Error(`the provider answered ${response.status}`)
  return (await response.json()) as { readonly id: string }
}
