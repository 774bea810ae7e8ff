const CALLERS = 3

/** A caller of its own: hands its token to whichever instance it calls next. */
export class Session {
  readonly id: number
  /** The principal that it acts for, like others. */
  readonly caller: string
  /** Of overlapping calls each brings back a token; all of them go along with the next call, which gives back one. */
  #tokens: readonly string[] = []

  constructor(id: number) {
    this.id = id
    this.caller = `p${id % CALLERS}`
  }

  get token(): string {
    return this.#tokens.join(', ')
  }

  /** A call with the token `sent` has brought back another one, or none. */
  answered(sent: string, received: string | undefined): void {
    if (received === undefined) return
    const isReplaced = (token: string): boolean => sent.split(', ').includes(token)
    this.#tokens = [...this.#tokens.filter((token) => !isReplaced(token)), ...received.split(', ')]
  }
}
