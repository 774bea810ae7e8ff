import type { Clock } from '../../kernel/clock.ts'
import type { Random } from '../../kernel/random.ts'

const FIRST = 100
const LONGEST = 2000

/**
 * Milliseconds to wait before the attempt after `attempt` (1, 2, …): exponential with full jitter, so that clients that failed together do not come
 * back together (Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015), and never before `Retry-After`.
 */
export function waitBefore(attempt: number, retryAfter: string | undefined, tools: Tools): number {
  const jitter = tools.random.next() * Math.min(LONGEST, FIRST * 2 ** (attempt - 1))
  return (retryAfter === undefined ? 0 : retryAfterMs(retryAfter, tools.clock)) + jitter
}

interface Tools {
  readonly clock: Clock
  readonly random: Random
}

/** Seconds or a date (RFC 9110, 10.2.3); 0 for what is neither, and for dates in the past. */
function retryAfterMs(text: string, clock: Clock): number {
  if (/^\d{1,9}$/.test(text.trim())) return Number(text) * 1000
  const at = Date.parse(text)
  return Number.isNaN(at) ? 0 : Math.max(0, at - clock.wall())
}
