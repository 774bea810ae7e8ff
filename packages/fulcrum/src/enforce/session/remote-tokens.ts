import type { Token } from '../../consistency/token.ts'
import type { CallSession } from './call-session.ts'
import { readTokens, requireGenuine, textOf } from './session-texts.ts'
import type { TokenSigner } from './token-signer.ts'

/** A session on its way to another process: what it was, and as a text. */
export interface SentSession {
  readonly token: Token | undefined
  readonly text: string
}

const NOT_SENT: SentSession = { token: undefined, text: '' }

/** Takes sessions to a process that works on the same database, and brings back what became of them. */
export class RemoteTokens {
  readonly #signer: TokenSigner

  constructor(signer: TokenSigner) {
    this.#signer = signer
  }

  send(session: CallSession | undefined): SentSession {
    return session === undefined ? NOT_SENT : { token: session.token, text: textOf(this.#signer, session) }
  }

  /** @throws FUL-2013 for a text that is no token of this application. */
  receive(
    session: CallSession | undefined,
    sent: SentSession,
    { token, wasReset }: { readonly token: string; readonly wasReset: boolean },
  ): void {
    if (session === undefined || token === '') return
    const read = readTokens(this.#signer, [token])
    requireGenuine(read, 'the session that another process has answered with')
    const [first, ...others] = read.tokens
    if (first !== undefined) session.advance(sent.token, first)
    for (const other of others) session.advance(undefined, other)
    if (wasReset || read.wasReset) session.noteReset()
  }
}
