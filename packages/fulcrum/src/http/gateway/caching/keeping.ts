import type { Call } from '../../../enforce/runtime/call.ts'
import { cacheControl, NO_STORE } from './cache-control.ts'
import type { ConsultedFacts } from './consulted.ts'
import type { CachePolicy } from './policy.ts'

/** What caches are told about one answer. */
export interface Keeping {
  readonly cacheControl: string
  readonly vary: string | undefined
}

const NOTHING: Keeping = { cacheControl: NO_STORE, vary: undefined }

/** What a request had to do with the answer. */
export interface Selection {
  /** Headers that the session was read from. */
  readonly session: readonly string[]
  /** The answer hands a session back. */
  readonly handsBack: boolean
  /** How the principal was found, where answers differ by principal. */
  readonly consulted: ConsultedFacts | undefined
}

/** Decides who may keep an answer, and which requests it answers. */
export function keepingOf(policy: CachePolicy, call: Call, selection: Selection): Keeping {
  if (policy.keep === 'never') return NOTHING
  const { session, handsBack, consulted } = selection
  // A session that changed within the call is one caller's; a cache would hand it to others.
  if (policy.keep === 'for a time' && handsBack) return NOTHING
  const principal = consulted === undefined ? [] : consulted.names
  // Nobody knows what the caller was recognised by, so nobody can tell whose answer it is.
  if (principal === undefined) return NOTHING
  const value = cacheControl(policy, call)
  if (value === NO_STORE) return NOTHING
  const names = policy.keep === 'to revalidate' ? [...session, ...principal] : principal
  return { cacheControl: value, vary: names.length === 0 ? undefined : names.join(', ') }
}
