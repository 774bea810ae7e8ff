import type { Duration } from '../../kernel/duration.ts'
import type { Acknowledge, IfMatch, InFlight, Invalidation, IsolationLevel, JobScope } from './vocabulary.ts'

/** What holds where a contract says nothing. Defaults are the safe values: every relaxation is declared. */
export const DEFAULT_ISOLATION: IsolationLevel = 'serializable'
export const DEFAULT_IF_MATCH: IfMatch = false
/** A call without a deadline over HTTP would outlive the caller's patience and hold a connection for nobody. */
export const DEFAULT_HTTP_DEADLINE: Duration = '1s'
/** Reads that are declared to take at most this long share pipelined connections: a longer one would delay its neighbours. */
export const PIPELINED_UP_TO: Duration = '10ms'
/** How old an answer may be under `onPartition: 'serve-stale'` where `maxStale` is not stated: long enough to repair a primary in. */
export const DEFAULT_MAX_STALE: Duration = '1h'
export const DEFAULT_INVALIDATION: Invalidation = 'event'
/** Percent of the TTL. */
export const DEFAULT_JITTER = 10
/** Longer than clients go on repeating a call, shorter than what would have to be kept for ever. */
export const DEFAULT_IDEMPOTENCY_TTL: Duration = '24h'
export const DEFAULT_IN_FLIGHT: InFlight = 'reject'
/** Long enough for a provider to come back, short enough for somebody to wait for a person. */
export const DEFAULT_RUN_TIME: Duration = '5m'
export const DEFAULT_STEP_ATTEMPTS = 5
export const DEFAULT_STEP_BACKOFF: Duration = '100ms'
export const LONGEST_STEP_BACKOFF: Duration = '10s'
export const DEFAULT_STEP_TIMEOUT: Duration = '10s'
/** One batch of an import. */
export const DEFAULT_BATCH_DEADLINE: Duration = '30s'
export const DEFAULT_JOB_SCOPE: JobScope = 'run'
/** One run of a job. */
export const DEFAULT_JOB_DEADLINE: Duration = '5m'
/** The queue ends claims that are older than a day. */
export const LONGEST_JOB_DEADLINE: Duration = '23h'
export const DEFAULT_JOB_ATTEMPTS = 5
export const DEFAULT_JOB_BACKOFF: Duration = '10s'
/** At once on each instance: as many as a connection pool of the usual size has left over. */
export const DEFAULT_JOB_CONCURRENCY = 10
export const DEFAULT_ACKNOWLEDGE: Acknowledge = 'durable'
/** What a handler of an event may take: it holds a transaction, and others of its subscriber wait for it. */
export const DEFAULT_DELIVERY_DEADLINE: Duration = '30s'
export const DEFAULT_ATTEMPTS = 10
export const DEFAULT_BACKOFF: Duration = '1s'
/** Beyond it, waiting longer helps nobody, and people come to look. */
export const LONGEST_BACKOFF: Duration = '5m'
