import type { Duration } from '../../kernel/duration.ts'
import type { CommandSignature } from '../operation.ts'
import type { TagDeclaration } from '../tag.ts'
import type {
  Acknowledge,
  CacheScope,
  CacheStrategy,
  CacheTier,
  Criticality,
  DataClass,
  Durability,
  IfMatch,
  InFlight,
  Invalidation,
  IsolationLevel,
  JobScope,
  LimitBy,
  OnPartition,
  SessionLevel,
} from './vocabulary.ts'

/** How fresh what a query answers has to be. */
export type Consistency = 'strong' | 'eventual' | ConsistencyBounds

export interface ConsistencyBounds {
  /** Nothing older is served, measured by WAL position. Default `'any'`. */
  readonly staleness?: Duration | 'any'
  /** What the caller's session has to see. `'monotonic'` holds per touched key, weaker than Terry's monotonic reads across keys. Default `'none'`. */
  readonly session?: SessionLevel
  /** What to do when the bound cannot be shown to hold. Default `'reject'`. */
  readonly onPartition?: OnPartition
  /** The furthest age that `onPartition: 'serve-stale'` may serve. */
  readonly maxStale?: Duration
  /** Several statements see one snapshot (repeatable read). Default `false`. */
  readonly snapshot?: boolean
}

/** How a command's effects become durable, and against what they are checked. */
export interface TransactionTerms {
  /** Default `'serializable'`, retried on serialization failures and deadlocks (SQLSTATE 40001, 40P01) within the deadline. */
  readonly isolation?: IsolationLevel
  /** `'replicated'` waits until a synchronous standby shows the effects. Default `'local'`. */
  readonly durability?: Durability
  /**
   * Optimistic concurrency through `If-Match` (RFC 9110, 13.1.1). `true`: the header is required (428). `'optional'`: checked when present. In both
   * cases the handler compares with `ctx.matches(version)`, which answers 412 where it does not match. Default `false`: a request that brings the
   * header is refused, since ignoring it would lose an update.
   */
  readonly ifMatch?: IfMatch
  /** Commands of other modules that this one may call inside its own transaction. */
  readonly joins?: readonly CommandSignature[]
}

export interface CacheTerms {
  readonly strategy: CacheStrategy
  /** How long an entry may be served. */
  readonly ttl: Duration
  /** Default `'event'`. */
  readonly invalidation?: Invalidation
  /** Default: those configured. */
  readonly tiers?: readonly CacheTier[]
  /** Whose entry it is. Default by data class: `'principal'` for personal and above. */
  readonly scope?: CacheScope
  /** Probabilistic early refresh (XFetch, Vattani et al. 2015). Default `false`. */
  readonly refreshEarly?: boolean
  readonly staleWhileRevalidate?: Duration
  /** How long an expired entry may stand in for a failing origin. */
  readonly grace?: Duration
  /** Serve stale when the origin takes longer; it finishes in the background. */
  readonly softTimeout?: Duration
  /** How long an absence is remembered. */
  readonly negativeTtl?: Duration
  /** Spread of the TTL in percent. Default 10. */
  readonly jitter?: number
  /**
   * For `'write-through'`: which changed tags are read anew, and with which input, from the arguments of the tag:
   * `{ tag: profile, input: (userId: string) => ({ userId }) }`. No input (`undefined`): that one is not.
   */
  readonly inputOf?: { readonly tag: TagDeclaration<never>; readonly input: (...args: never[]) => unknown }
}

export interface LatencyTerms {
  /** The whole budget of one call. Default `'1s'` over HTTP, `'5m'` for jobs, none for `app.call` and `wrap`. Spent: 504, and the statement is cancelled. */
  readonly deadline?: Duration
  /** Budget of one attempt. */
  readonly attempt?: Duration
  /** A second request when the first is slow (Dean and Barroso, "The Tail at Scale", 2013). */
  readonly hedge?: { readonly after: Duration | `p${number}`; readonly budget: `${number}%` }
}

export interface QueryLatencyTerms extends LatencyTerms {
  /** What a read usually takes. Up to `'10ms'` and one statement: it shares pipelined connections. Observed time overrules it. */
  readonly expect?: Duration
}

export interface ThroughputTerms {
  /**
   * Calls that arrive together become one transaction and one call of the form that is bound to the command (`on(command, { many })`). A batch begins as
   * soon as the one before it has ended, and at the latest with `size` calls or when its first one has waited for `wait`; so nobody waits
   * where nobody else is calling. Ten times `size` may wait; whoever comes then is refused with `FUL-3040` (503).
   */
  readonly batch?: { readonly size: number; readonly wait: Duration }
  /**
   * When the caller is answered. `'durable'` (default): after COMMIT. `'accepted'`: with 202, as soon as the call waits for its batch. A process that is
   * killed then loses what it has accepted and not carried out: what came within `wait` and the time of a transaction, and while the
   * database is slow or away what the queue holds. What fails is counted and logged; its caller is not told, so there is no output and there are no errors.
   */
  readonly acknowledge?: Acknowledge
  /**
   * Calls of one turn of the event loop that no cache has answered are read with one call of the handler's bulk form (`many`), on the strictest terms
   * of any of them. The form is not told who calls. Default `false`.
   */
  readonly coalesce?: boolean
}

export interface FailureTerms {
  readonly retry?: { readonly attempts: number; readonly backoff?: Duration }
  /** `'stale'`, a value, or a function of the input. */
  readonly fallback?: unknown
  readonly breaker?: string | { readonly dependency: string }
  readonly bulkhead?: string | { readonly dependency: string; readonly concurrency?: number }
}

/** What makes a repetition of a command the same call: it takes effect once, and every repetition gets the answer of the first. */
export interface IdempotencyTerms {
  /**
   * `'header'`: callers send `Idempotency-Key` (IETF draft, "The Idempotency-Key HTTP Header Field"), or `idempotencyKey` in process. A function: what
   * in the input makes two calls the same one. A key counts for one principal of one tenant, and for this command.
   */
  readonly key: 'header' | ((input: never) => string)
  /** How long answers are kept for repetitions. Default `'24h'`. */
  readonly ttl?: Duration
  /** What a repetition gets while the first call still runs: 409, or it waits within its deadline. Default `'reject'`. */
  readonly inFlight?: InFlight
}

/** `'none'`: a repetition is a call of its own, and whoever repeats it answers for that. */
export type Idempotency = IdempotencyTerms | 'none'

/**
 * A command that is a run of steps: each is done once and remembered by its name, so that another instance can go on where a process was lost. Needs
 * `idempotency.key`, which is what makes two calls the same run.
 */
export interface StepsTerms {
  /** How long after its beginning a run still tries to go forward; then it is undone. Callers wait for as long as `latency.deadline` says. Default `'5m'`. */
  readonly within?: Duration
  /** How often a step, or the undoing of one, is tried. A step may state another number. Default 5. */
  readonly attempts?: number
  /** How long to wait after the first failed attempt, at most; doubled each time up to 10 seconds, and anything from nothing to all of it by chance. Default `'100ms'`. */
  readonly backoff?: Duration
  /** What one attempt may take. A step may state another time. Default `'10s'`. */
  readonly timeout?: Duration
}

export interface AdmissionTerms {
  readonly limits?: readonly {
    readonly quota: `${number}/${Duration}`
    readonly burst?: number
    readonly by: LimitBy
    readonly cost?: number
  }[]
  readonly criticality?: Criticality
}

/** How a subscriber is given its events. */
export interface EventDeliveryTerms<Data = never> {
  /** How often a delivery is tried before the event becomes a dead letter. Default 10. */
  readonly attempts?: number
  /** How long to wait after the first failed attempt, at most; doubled each time up to 5 minutes, and anything from nothing to all of it by chance. Default `'1s'`. */
  readonly backoff?: Duration
  /** What has the same key is delivered in order. Default: the key of the event, or all of one name in one order where it declares none. */
  readonly order?: (data: Data) => string
  /** Handlers at once, of events with different keys. They run in one transaction and do not see each other's rows as settled. Default 1. */
  readonly concurrency?: number
}

/** What a run of a job is to the database. */
export interface JobTransactionTerms extends Pick<TransactionTerms, 'isolation'> {
  /**
   * `'run'`: all of a run is one transaction, and of all runs of a job one is committed. `'statement'`: each statement takes effect by itself, for work
   * whose effects are elsewhere; the job is done at least once. Default `'run'`.
   */
  readonly scope?: JobScope
}

/** How jobs are run. */
export interface JobDeliveryTerms {
  /** How often it is run before it goes to the dead letters. Default 5. */
  readonly attempts?: number
  /** Before the second attempt, in whole seconds; doubled each time up to an hour, with jitter. Default `'10s'`. */
  readonly backoff?: Duration
  /** How many run at once on each instance. Default 10. */
  readonly concurrency?: number
  /** Of those that wait for this job, greater goes first. Default 0. */
  readonly priority?: number
  /** Jobs with the same key run one after the other, as they were enqueued. */
  readonly order?: (input: never) => string
  /** Of jobs with the same key, only one waits for its first run: another one is not added. */
  readonly unique?: (input: never) => string
}

export interface DataTerms {
  /** The most sensitive class in its input or output. Default `'internal'`. */
  readonly class?: DataClass
  /** Classes of single fields, by path: `{ 'address.street': 'personal' }`. */
  readonly fields?: Readonly<Record<string, DataClass>>
}

export interface SloTerms {
  /** Percent of calls that succeed, e.g. 99.95. */
  readonly availability?: number
  /** `target` percent of calls finish `under` a time. */
  readonly latency?: { readonly under: Duration; readonly target: number }
  /** Default `'30d'`. */
  readonly window?: Duration
}

/** Ids of the decisions behind the contract. */
export type Because = string | readonly string[]

/** What every operation may state. */
export interface CommonTerms {
  readonly latency?: LatencyTerms
  readonly failure?: FailureTerms
  readonly admission?: AdmissionTerms
  readonly data?: DataTerms
  readonly slo?: SloTerms
  readonly because?: Because
}

export interface QueryContract extends CommonTerms {
  /** Default `'strong'`. */
  readonly consistency?: Consistency
  readonly latency?: QueryLatencyTerms
  readonly cache?: CacheTerms
  readonly throughput?: Pick<ThroughputTerms, 'coalesce'>
}

export interface CommandContract extends CommonTerms {
  readonly transaction?: TransactionTerms
  readonly idempotency?: Idempotency
  readonly steps?: StepsTerms
  readonly throughput?: Pick<ThroughputTerms, 'batch' | 'acknowledge'>
}

export interface JobContract extends CommonTerms {
  readonly transaction?: JobTransactionTerms
  readonly delivery?: JobDeliveryTerms
}

export interface SubscriberContract<Data = never> extends CommonTerms {
  readonly transaction?: Pick<TransactionTerms, 'isolation'>
  readonly delivery?: EventDeliveryTerms<Data>
}

export interface ProjectionContract extends CommonTerms {
  readonly transaction?: Pick<TransactionTerms, 'isolation'>
  readonly delivery?: Pick<EventDeliveryTerms, 'attempts' | 'backoff'>
}

export type Contract = QueryContract & CommandContract & JobContract
