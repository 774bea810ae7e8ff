/**
 * What one user's calls have to see, as the tokens that the server has given out (`Fulcrum-Token`). Tokens are opaque; keep `tokens` somewhere to
 * carry on after a reload. One session belongs to one user: never share it.
 */
export interface Session {
  /** Usually one, several only while calls overlap. Sent with every call. */
  readonly tokens: readonly string[]
  /**
   * Something that it had written or seen was lost in a failover, or its token was signed with a key that has retired (`Fulcrum-Session: reset`). Stays so:
   * once the application has dealt with it, it goes on with `createSession(session.tokens)`.
   */
  readonly wasReset: boolean
  /** Notes that a call which had sent `sent` was answered with `received`, and whether the answer told of a reset. */
  advance(sent: readonly string[], received: string, wasReset?: boolean): void
}

/**
 * The server advances what it was sent, so an answer replaces the tokens that its own request carried and no others: of two calls that overlap,
 * neither undoes what the other has seen, in whichever order they are answered.
 */
class TokenSession implements Session {
  #tokens: readonly string[]
  #wasReset = false

  constructor(tokens: readonly string[]) {
    this.#tokens = Object.freeze([...tokens])
  }

  get tokens(): readonly string[] {
    return this.#tokens
  }

  get wasReset(): boolean {
    return this.#wasReset
  }

  advance(sent: readonly string[], received: string, wasReset = false): void {
    this.#wasReset ||= wasReset
    const others = this.#tokens.filter((token) => token !== received && !sent.includes(token))
    this.#tokens = Object.freeze([...others, received])
  }
}

/** A new session, or one that carries on with the tokens of an earlier one. */
export function createSession(tokens: readonly string[] = []): Session {
  return new TokenSession(tokens)
}
