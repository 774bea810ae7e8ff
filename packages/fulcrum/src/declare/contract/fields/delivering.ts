import type { Field } from '../field.ts'
import { duration, functionOf, wholeFrom } from '../values.ts'

const delivered = ['job', 'subscriber', 'projection'] as const
const keyed = ['job', 'subscriber'] as const

/** What happens when a delivery fails, and what waits for what. */
export const DELIVERING: readonly Field[] = [
  {
    path: 'delivery.attempts',
    kinds: delivered,
    allowed: wholeFrom(1),
    default: '`10` for subscribers and projections, `5` for jobs',
    meaning:
      'How often delivery is tried before it goes to the dead letters; then what has the same key goes on. An attempt of a job whose instance is lost counts.',
    enforced: 'all',
  },
  {
    path: 'delivery.backoff',
    kinds: delivered,
    allowed: duration,
    default: "`'1s'` for subscribers and projections, `'10s'` for jobs",
    meaning:
      'How long to wait before the second attempt; doubled each time. For subscribers up to 5 minutes, and anything from nothing to all of it by chance (full jitter); for jobs in whole seconds, up to an hour, and up to twice that at random.',
    enforced: 'all',
  },
  {
    path: 'delivery.order',
    kinds: keyed,
    allowed: functionOf('the data'),
    default:
      'for subscribers the `key` of the event, and where it has none all events of its name are one sequence; for jobs none',
    meaning:
      'What has the same key is delivered in order, events in that of their commits: the next one begins when the one before it is done, or dead.',
    enforced: 'all',
  },
  {
    path: 'delivery.concurrency',
    kinds: keyed,
    allowed: wholeFrom(1),
    default: '`1` for subscribers, `10` for jobs',
    meaning:
      'How many run at once. For jobs: on each instance. For subscribers: of events with different keys. They share a transaction, so between two statements of one handler others may change the same rows: it is for handlers that do not read what others write.',
    enforced: 'all',
  },
]
