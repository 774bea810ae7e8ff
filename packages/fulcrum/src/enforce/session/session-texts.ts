import type { Token } from '../../consistency/token.ts'
import { fulcrumError } from '../../kernel/errors/fulcrum-error.ts'
import type { CallSession } from './call-session.ts'
import type { TokenSigner } from './token-signer.ts'

/** More overlapping calls than any client of one user makes; each token costs a signature. */
const MOST_TOKENS = 64

/** What texts of tokens say. */
export interface ReadTokens {
  readonly tokens: readonly Token[]
  /** One of them says nothing any more: it was signed with a retired key. */
  readonly wasReset: boolean
  /** Why they are not what this application gave out; `undefined` where they are. */
  readonly problem: string | undefined
}

/** Reads texts that `textOf` has written: tokens, several in one text separated by commas or dots. */
export function readTokens(signer: TokenSigner, texts: readonly string[]): ReadTokens {
  const tokens: Token[] = []
  let wasReset = false
  let problem: string | undefined
  const members = texts.flatMap(membersOf)
  if (members.length > MOST_TOKENS)
    problem = `there are ${members.length}, and at most ${MOST_TOKENS} are read`
  for (const member of members.slice(0, MOST_TOKENS)) {
    const read = signer.read(member)
    if (read.outcome === 'token') tokens.push(read.token)
    else if (read.outcome === 'forged') problem = 'its signature is not right'
    else wasReset = true
  }
  return { tokens, wasReset, problem }
}

/** @throws FUL-2013 naming `part`, where the texts come from. */
export function requireGenuine({ problem }: ReadTokens, part: string): void {
  if (problem !== undefined) throw fulcrumError('FUL-2013', { part, reason: problem })
}

/** The tokens of a session for whoever calls next; empty where nothing is known. */
export function textOf(signer: TokenSigner, { tokens }: CallSession, separator: ', ' | '.' = ', '): string {
  const [only] = tokens
  if (only === undefined) return ''
  return tokens.length === 1 ? signer.write(only) : tokens.map((token) => signer.write(token)).join(separator)
}

/** Members of a list of HTTP (RFC 9110, 5.6.1), or of a cookie, where commas may not stand: empty ones do not count. */
function membersOf(text: string): string[] {
  return text.split(/[,.\s]+/).filter((member) => member !== '')
}
