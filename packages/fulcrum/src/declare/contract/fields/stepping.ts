import type { Field } from '../field.ts'
import { duration, wholeFrom } from '../values.ts'

const kinds = ['command'] as const

/** How a command whose effects are partly elsewhere is carried out. `steps: {}` says that it is a run of steps. */
export const STEPPING: readonly Field[] = [
  {
    path: 'steps.within',
    kinds,
    allowed: duration,
    default: "`'5m'`",
    meaning:
      'How long after its beginning a run still tries to go forward, on whichever instance; then it is undone. A caller waits for as long as `latency.deadline` says, and the run goes on without it.',
    enforced: 'all',
  },
  {
    path: 'steps.attempts',
    kinds,
    allowed: wholeFrom(1),
    default: '`5`',
    meaning:
      'How often a step is tried, and the undoing of one; a step may state another number. An instance that takes over a run begins to count anew.',
    enforced: 'all',
  },
  {
    path: 'steps.backoff',
    kinds,
    allowed: duration,
    default: "`'100ms'`",
    meaning:
      'How long to wait before the second attempt, at most; doubled each time up to 10 seconds, and anything from nothing to all of it by chance (full jitter).',
    enforced: 'all',
  },
  {
    path: 'steps.timeout',
    kinds,
    allowed: duration,
    default: "`'10s'`",
    meaning:
      'What one attempt may take; a step may state another time. Then `step.signal` aborts, and the attempt has failed: whether it took effect is not known.',
    enforced: 'all',
  },
]
