import type { SessionCookie } from '../http/gateway/session/cookie-settings.ts'
import { checkCookie } from '../http/gateway/session/cookie-settings.ts'
import { TokenSigner } from '../enforce/session/token-signer.ts'
import type { Deadline } from '../kernel/deadline.ts'
import { type FulcrumError, fulcrumError } from '../kernel/errors/fulcrum-error.ts'
import { checkKeys } from './check-keys.ts'
import { didYouMean } from '../kernel/suggest.ts'
import { answeringPlan, type Plan, stageOf } from '../plan/plan.ts'
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

const FIELDS = ['keys', 'cookie']

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
    ...(keys === undefined ? [] : checkKeys(keys, 'session.keys')),
    ...(cookie === undefined ? [] : checkCookie(cookie, 'session.cookie')),
  ]
}

/** Whether the application gives out tokens. */
export function usesSessions(
  session: SessionConfig | undefined,
  operations: readonly BootedOperation[],
): boolean {
  return session !== undefined || operations.some(({ plan }) => hasSession(plan))
}

/** A session goes along to where the operation is answered, if that is the database of this process. */
function hasSession(plan: Plan): boolean {
  if (stageOf(plan, 'remote')?.database === 'own') return false
  return stageOf(answeringPlan(plan), 'session') !== undefined
}

/** Under which name the instances share the key of their tokens. */
const SECRET = 'session'

/** What signs tokens: the configured keys, else the one in the store. `undefined` in an application that gives out none. */
export async function tokenSigner(
  session: SessionConfig | undefined,
  operations: readonly BootedOperation[],
  { secrets, deadline }: { readonly secrets: Secrets; readonly deadline: Deadline },
): Promise<TokenSigner | undefined> {
  if (!usesSessions(session, operations)) return undefined
  const [current, ...older] = session?.keys ?? []
  return new TokenSigner(
    current === undefined ? [await secrets.shared(SECRET, deadline)] : [current, ...older],
  )
}
