import { CallSession } from '../enforce/session/call-session.ts'
import { readTokens, requireGenuine, textOf } from '../enforce/session/session-texts.ts'
import type { TokenSigner } from '../enforce/session/token-signer.ts'
import { fulcrumError } from '../kernel/errors/fulcrum-error.ts'
import { show } from '../kernel/show.ts'

/**
 * What one user's calls have to see: what these calls have written and seen. Made by `app.session()`, given to `app.call`, and advanced by every
 * call that it is given to, also by several at once.
 */
export interface Session {
  /** Something that it had written or seen was lost in a failover, or its token was signed with a key that has retired. */
  readonly wasReset: boolean
  /** The session as a text: what `Fulcrum-Token` carries, and what `app.session(token)` takes on any instance. Empty while there is nothing to see. */
  token(): string
}

/** The sessions of one application. */
export class Sessions {
  /** `undefined` in an application that does not use sessions. */
  readonly #signer: TokenSigner | undefined

  constructor(signer: TokenSigner | undefined) {
    this.#signer = signer
  }

  /** @throws FUL-2013 for a text that is no token of this application. */
  open(token: string): Session {
    if (this.#signer === undefined) return new OpenSession(new CallSession(), () => '')
    const signer = this.#signer
    const read = readTokens(signer, [token])
    requireGenuine(read, 'app.session')
    const calls = new CallSession(read.tokens, read.wasReset)
    return new OpenSession(calls, () => textOf(signer, calls))
  }
}

class OpenSession implements Session {
  readonly #calls: CallSession
  readonly #text: () => string

  constructor(calls: CallSession, text: () => string) {
    this.#calls = calls
    this.#text = text
  }

  get wasReset(): boolean {
    return this.#calls.wasReset
  }

  token(): string {
    return this.#text()
  }

  static callsOf(session: unknown): CallSession | undefined {
    return typeof session === 'object' && session !== null && #calls in session ? session.#calls : undefined
  }
}

/** What calls are given of a session. @throws FUL-1002 for anything but what `app.session` has made. */
export function callsOf(session: unknown): CallSession {
  const calls = OpenSession.callsOf(session)
  if (calls !== undefined) return calls
  throw fulcrumError('FUL-1002', {
    field: 'options.session',
    found: show(session),
    allowed: 'what app.session() returns',
  })
}
