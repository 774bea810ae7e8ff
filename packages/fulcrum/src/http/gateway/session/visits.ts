import type { Token } from '../../../consistency/token.ts'
import { CallSession } from '../../../enforce/session/call-session.ts'
import { readTokens, requireGenuine, textOf } from '../../../enforce/session/session-texts.ts'
import type { TokenSigner } from '../../../enforce/session/token-signer.ts'
import type { Random } from '../../../kernel/random.ts'
import type { RequestHead } from '../head.ts'
import type { SessionCookie } from './cookie-settings.ts'
import { type SentCookie, TokenCookies } from './cookies.ts'

/** What sessions over HTTP are made of; `undefined` in an application without session levels. */
export interface SessionSettings {
  readonly signer: TokenSigner
  /** Default: tokens travel in headers only. */
  readonly cookie?: SessionCookie | undefined
}

/** The session of one request, and what it was when the request came. */
export interface Visit {
  readonly session: CallSession
  readonly before: Token | undefined
  /** How many tokens the request brought. */
  readonly brought: number
  readonly cookies: readonly SentCookie[]
}

const PART = 'the header Fulcrum-Token'
const NO_COOKIES: readonly SentCookie[] = []
const NOTHING: readonly string[] = []

/** Reads the session of a request from its headers, and writes what became of it to the answer. */
export class Visits {
  readonly #signer: TokenSigner
  readonly #random: Random
  readonly #cookies: TokenCookies | undefined

  constructor({ signer, cookie }: SessionSettings, random: Random) {
    this.#signer = signer
    this.#random = random
    this.#cookies = cookie && new TokenCookies(cookie)
  }

  /** The request headers that the answers of a session depend on. */
  get vary(): readonly string[] {
    return this.#cookies === undefined ? ['Fulcrum-Token'] : ['Fulcrum-Token', 'Cookie']
  }

  /** @throws FUL-2013 for a header that holds anything but tokens. */
  begin({ token, cookie }: RequestHead): Visit {
    const cookies = this.#cookies?.sent(cookie) ?? NO_COOKIES
    if (token === undefined && cookies.length === 0)
      return { session: new CallSession(), before: undefined, brought: 0, cookies }
    const given = readTokens(this.#signer, token === undefined ? [] : [token])
    requireGenuine(given, PART)
    const kept = readTokens(
      this.#signer,
      cookies.map(({ value }) => value),
    )
    const tokens = [...given.tokens, ...kept.tokens]
    // A cookie that is not genuine has to go: whoever has it cannot mend it, and a page would fail until somebody deleted it by hand.
    const wasReset = given.wasReset || kept.wasReset || kept.problem !== undefined
    const session = new CallSession(tokens, wasReset)
    return { session, before: session.token, brought: tokens.length, cookies }
  }

  /**
   * The headers that hand the session back, names and values: for operations that have to do with sessions always, for others where a call within
   * has changed it.
   */
  end({ session, before, brought, cookies }: Visit, always: boolean): readonly string[] {
    const hasChanged = session.token !== before
    if (!always && !hasChanged && brought < 2) return NOTHING
    const text = textOf(this.#signer, session)
    if (text === '') return NOTHING
    const headers = ['fulcrum-token', text]
    if (session.wasReset) headers.push('fulcrum-session', 'reset')
    if (this.#cookies !== undefined && (hasChanged || cookies.length !== 1)) {
      for (const cookie of cookies) headers.push('set-cookie', this.#cookies.remove(cookie))
      const token = textOf(this.#signer, session, '.')
      headers.push('set-cookie', this.#cookies.set(this.#random.hex(6), token))
    }
    return headers
  }
}
