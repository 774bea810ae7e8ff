import type { Queue as BossQueue } from 'pg-boss'
import type { KeyRule, QueueSettings } from '../../ports/queue.ts'
import { deadOf } from './schema.ts'

const DAY_S = 86_400

/** Jobs wait for as long as it takes: pg-boss deletes what was not run in time, which would be a job lost. Ten years. */
const WAIT_S = 3_650 * DAY_S
const DEAD_S = 90 * DAY_S
/** How long jobs that are done can be looked at. Ticks of a schedule are told apart by them, so not less than a few minutes. */
const DONE_S = DAY_S
const LONGEST_BACKOFF_S = 3_600

/** An instance that is not heard of for so long has lost its jobs. The least that pg-boss allows is 10. */
export const SILENCE_S = 15
/** The instance ends a run by itself; pg-boss ends the claim of one that did not. */
const GRACE_S = 15

const POLICIES: Readonly<Record<KeyRule, string>> = {
  none: 'standard',
  'one waits': 'short',
  'in order': 'key_strict_fifo',
}

export function policyOf({ keys }: Pick<QueueSettings, 'keys'>): string {
  return POLICIES[keys]
}

type Options = Omit<BossQueue, 'name' | 'policy'>

/** What may be changed of a queue that is there. */
export function queueOptions({ name, attempts, backoff, timeout }: QueueSettings): Options {
  return {
    retryLimit: attempts - 1,
    retryDelay: backoff,
    retryBackoff: true,
    retryDelayMax: Math.max(backoff, LONGEST_BACKOFF_S),
    expireInSeconds: Math.ceil(timeout / 1000) + GRACE_S,
    heartbeatSeconds: SILENCE_S,
    retentionSeconds: WAIT_S,
    deleteAfterSeconds: DONE_S,
    deadLetter: deadOf(name),
  }
}

/** Nobody runs what is in the queue of the dead. */
export const DEAD_OPTIONS: Options = Object.freeze({ retentionSeconds: DEAD_S, deleteAfterSeconds: DONE_S })
