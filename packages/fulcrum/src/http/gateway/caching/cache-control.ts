import type { Call } from '../../../enforce/runtime/call.ts'
import type { CachePolicy, LifetimePolicy } from './policy.ts'

/** What an answer says about its own age and quality. */
export type AnswerAge = Pick<Call, 'age' | 'staleBy' | 'degraded' | 'freshFor'>

export const NO_STORE = 'no-store'

/** The value of `Cache-Control` (RFC 9111, 5.2; RFC 5861) for one answer. */
export function cacheControl(policy: CachePolicy, answer: AnswerAge): string {
  // What stands in for a better answer is for the one caller who could not get that.
  if (policy.keep === 'never' || answer.degraded !== undefined || answer.staleBy > 0) return NO_STORE
  return policy.keep === 'to revalidate' ? 'private, no-cache' : forATime(policy, answer)
}

/** The value of `Age`, rounded up: nothing is said to be newer than it is. */
export function ageInSeconds({ age }: Pick<AnswerAge, 'age'>): number {
  return Math.ceil(age / 1000)
}

/**
 * A cache counts the lifetime from when the data was read, which is what `Age` tells it (RFC 9111, 4.2.3). So the lifetime is the age and what is
 * left: an answer that is 12 s old and good for 18 more has one of 30 s.
 */
function forATime(policy: LifetimePolicy, answer: AnswerAge): string {
  const { isShared, isStrict, staleWhileRevalidate, staleIfError } = policy
  const whose = isShared ? 'public' : 'private'
  const left = Math.floor(answer.freshFor / 1000)
  const mayBeStale = staleWhileRevalidate > 0 || staleIfError > 0
  if (left === 0 && !mayBeStale) return `${whose}, no-cache`
  const lifetime = ageInSeconds(answer) + left
  const stale = [
    staleWhileRevalidate > 0 ? `, stale-while-revalidate=${staleWhileRevalidate}` : '',
    staleIfError > 0 ? `, stale-if-error=${staleIfError}` : '',
    // Without it a cache that is cut off from its server may go on serving (RFC 9111, 4.2.4).
    isStrict ? ', must-revalidate' : '',
  ].join('')
  // It forbids shared caches to serve anything stale (RFC 9111, 5.2.2.10), also what RFC 5861 would allow them.
  const shared = isShared && !mayBeStale ? `, s-maxage=${lifetime}` : ''
  return `${whose}, max-age=${lifetime}${shared}${stale}`
}
