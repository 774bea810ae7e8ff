import {
  DEFAULT_IDEMPOTENCY_TTL,
  DEFAULT_RUN_TIME,
  DEFAULT_STEP_ATTEMPTS,
  DEFAULT_STEP_BACKOFF,
  DEFAULT_STEP_TIMEOUT,
  LONGEST_STEP_BACKOFF,
} from '../declare/contract/defaults.ts'
import type { AnyOperation } from '../declare/operation.ts'
import { formatDuration, parseDuration } from '../kernel/duration.ts'
import { onceTerms } from './module-facts.ts'
import { type Drawing, present } from './stages.ts'

/** The stage of a command that is a run of steps. */
export function steps({ contract }: AnyOperation): Drawing {
  const {
    within: run,
    attempts = DEFAULT_STEP_ATTEMPTS,
    backoff: first,
    timeout: attempt,
  } = contract.steps ?? {}
  const within = milliseconds(run ?? DEFAULT_RUN_TIME)
  const backoff = milliseconds(first ?? DEFAULT_STEP_BACKOFF)
  const timeout = milliseconds(attempt ?? DEFAULT_STEP_TIMEOUT)
  const longestBackoff = Math.max(milliseconds(LONGEST_STEP_BACKOFF), backoff)
  const ttl = milliseconds(onceTerms(contract)?.ttl ?? DEFAULT_IDEMPOTENCY_TTL)
  const reason = `what each step came to is remembered in the database: a command that it calls remembers that in its own transaction, so it happens once; what is done elsewhere is done at least once, with a key that stays the same. A step is tried up to ${attempts} times of ${formatDuration(timeout)}. When it has failed for good, or ${formatDuration(within)} are over, what was done is undone, last first. When its instance is lost, another one goes on with the run within seconds, whether or not somebody waits for it`
  return present({ stage: 'steps', within, attempts, backoff, longestBackoff, timeout, ttl, reason })
}

function milliseconds(duration: string): number {
  return parseDuration(duration) as number
}
