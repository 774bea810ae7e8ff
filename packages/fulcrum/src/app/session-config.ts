import type { SessionCookie } from '../http/gateway/session/cookie-settings.ts'
import { checkCookie } from '../http/gateway/session/cookie-settings.ts'
import { TokenSigner } from '../enforce/session/token-signer.ts'
import type { Deadline } from '../kernel/deadline.ts'
import { type FulcrumError, fulcrumError } from '../kernel/errors/fulcrum-error.ts'
import { didYouMean } from '../kernel/suggest.ts'
import { stageOf } from '../plan/plan.ts'
import type { Secrets } from '../ports/secrets.ts'
import type { BootedOperation } from './boot.ts'

/**
 * How sessions travel between calls: what a caller has written and seen is in tokens that the application signs. There are sessions where a query
 * declares a session level, or where this is stated.
 */
export interface SessionConfig {
  /**
   * Secrets that sign tokens, of at least 32 characters each. The first one signs, all are accepted: to rotate, put a new one in front and leave the
   * old one for as long as callers keep tokens. Default: one that the instances share in the database.
   */
  readonly keys?: readonly string[]
  /** Tokens travel in cookies as well. Default: in the header `Fulcrum-Token` only. */
  readonly cookie?: SessionCookie
}

const SHORTEST_KEY = 32
const FIELDS = ['keys', 'cookie']
const KEYS = `a list of different secrets of at least ${SHORTEST_KEY} characters, the one that signs first`

/** What is wrong with `session`. */
export function checkSession(session: object): FulcrumError[] {
  const { keys, cookie } = session as { readonly keys?: unknown; readonly cookie?: unknown }
  const unknown = Object.keys(session).filter((key) => !FIELDS.includes(key))
  return [
    ...unknown.map((key) =>
      fulcrumError('FUL-1001', {
        field: `session.${key}`,
        hint: didYouMean(key, FIELDS),
        allowed: FIELDS.map((field) => `session.${field}`).join(', '),
      }),
    ),
    ...(keys === undefined || areKeys(keys) ? [] : [keysInvalid(keys)]),
    ...(cookie === undefined ? [] : checkCookie(cookie, 'session.cookie')),
  ]
}

function areKeys(keys: unknown): boolean {
  if (!Array.isArray(keys) || keys.length === 0 || new Set(keys).size < keys.length) return false
  return keys.every((key) => typeof key === 'string' && key.length >= SHORTEST_KEY)
}

/** Says what is there without saying what it is: errors are printed and logged. */
function keysInvalid(keys: unknown): FulcrumError {
  const shown = Array.isArray(keys) ? keys.map(describeKey).join(', ') : typeof keys
  const found = Array.isArray(keys) ? `[${shown}]` : shown
  return fulcrumError('FUL-1012', { field: 'session.keys', found, allowed: KEYS })
}

function describeKey(key: unknown): string {
  return typeof key === 'string' ? `a text of ${key.length} characters` : typeof key
}

/** Whether the application gives out tokens. */
export function usesSessions(
  session: SessionConfig | undefined,
  operations: readonly BootedOperation[],
): boolean {
  return session !== undefined || operations.some(({ plan }) => stageOf(plan, 'session') !== undefined)
}

/** Under which name the instances share the key of their tokens. */
const SECRET = 'session'

/** What signs tokens: the configured keys, else the one in the store. */
export async function tokenSigner(
  session: SessionConfig | undefined,
  secrets: Secrets,
  deadline: Deadline,
): Promise<TokenSigner> {
  const [current, ...older] = session?.keys ?? []
  return new TokenSigner(
    current === undefined ? [await secrets.shared(SECRET, deadline)] : [current, ...older],
  )
}
