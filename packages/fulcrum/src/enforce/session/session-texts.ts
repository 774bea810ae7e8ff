import type { Token } from '../../consistency/token.ts'
import { fulcrumError } from '../../kernel/errors/fulcrum-error.ts'
import { CallSession } from './call-session.ts'
import type { TokenSigner } from './token-signer.ts'

/** More overlapping calls than any client of one user makes; each token costs a signature. */
const MOST_TOKENS = 64

/**
 * The session of texts that `textOf` has written: tokens, several in one text separated by commas. A token of a retired key says nothing any more,
 * so the session is without it, and was reset.
 *
 * @throws FUL-2013 naming `part`, where the texts come from.
 */
export function openSession(signer: TokenSigner, texts: readonly string[], part: string): CallSession {
  const tokens: Token[] = []
  let wasReset = false
  const members = texts.flatMap(membersOf)
  if (members.length > MOST_TOKENS)
    throw invalid(part, `there are ${members.length}, and at most ${MOST_TOKENS} are read`)
  for (const member of members) {
    const read = signer.read(member)
    if (read.outcome === 'forged') throw invalid(part, 'its signature is not right')
    if (read.outcome === 'token') tokens.push(read.token)
    else wasReset = true
  }
  return new CallSession(tokens, wasReset)
}

/** The tokens of a session for whoever calls next; empty where nothing is known. */
export function textOf(signer: TokenSigner, { tokens }: CallSession): string {
  const [only] = tokens
  if (only === undefined) return ''
  return tokens.length === 1 ? signer.write(only) : tokens.map((token) => signer.write(token)).join(', ')
}

/** Members of a list of HTTP (RFC 9110, 5.6.1): empty ones do not count. */
function membersOf(text: string): string[] {
  if (!text.includes(',')) return text.trim() === '' ? [] : [text.trim()]
  return text
    .split(',')
    .map((member) => member.trim())
    .filter((member) => member !== '')
}

function invalid(part: string, reason: string): Error {
  return fulcrumError('FUL-2013', { part, reason })
}
