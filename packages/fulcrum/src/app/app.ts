import type { CallArguments, EnqueueOptions } from '../declare/context.ts'
import type { ErrorDeclaration } from '../declare/error.ts'
import type { Operation, QuerySignature } from '../declare/operation.ts'
import type { Outcome } from '../declare/outcome.ts'
import type { Principal } from '../declare/principal.ts'
import type { Gateway } from '../http/gateway/gateway.ts'
import type { Duration } from '../kernel/duration.ts'
import type { HotKey } from '../enforce/cache/key-traffic.ts'
import type { AuditReport } from '../observe/audit-counts.ts'
import type { StatementTiming } from '../observe/operation-metrics.ts'
import type { Plan } from '../plan/plan.ts'
import type { MigrationStep } from '../ports/migrations.ts'
import type { NodeStatus } from '../ports/store.ts'
import type { EventsOfApp } from './events.ts'
import type { JobsOfApp } from './jobs.ts'
import type { Session } from './session.ts'
import type { StepsOfApp } from './steps.ts'

/** Terms of one call in process. */
export interface CallOptions {
  readonly principal?: Principal
  /** The caller's budget; the effective one is the smaller of it and the operation's own. */
  readonly deadline?: Duration
  /** Ends the call when it aborts. */
  readonly signal?: AbortSignal
  /** The entity tags that the caller expects, as `If-Match` carries them: `'"7"'`. */
  readonly ifMatch?: string
  /** What makes two calls of a command the same one: 1 to 255 characters. Commands with `idempotency.key: 'header'` need it, other operations refuse it. */
  readonly idempotencyKey?: string
  /** What the caller has to see, from `app.session()`; the call advances it. Default: unknown, so that queries with a session level read on the primary. */
  readonly session?: Session
}

// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Called<In, Out> = Operation<'query' | 'command', string, In, any, any, Out, any, any, any>

export type AppState = 'stopped' | 'starting' | 'running' | 'draining' | 'closed'

export interface ListenOptions {
  /** Default 4000; 0 picks a free one. */
  readonly port?: number
  /** Default `'127.0.0.1'`; `'0.0.0.0'` for every interface. */
  readonly host?: string
}

/** Where an application is reached. */
export interface Address {
  /** `http://127.0.0.1:4000` */
  readonly url: string
  readonly port: number
}

/** Whether the application can take requests, and what it depends on. */
export interface Readiness {
  readonly ready: boolean
  readonly state: AppState
  readonly nodes: readonly NodeStatus[]
}

/** One operation with its plan. */
export interface PlannedOperation {
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  readonly operation: Operation<any, string, any, any, any, any, any, any, any>
  readonly module: string
  readonly plan: Plan
}

/**
 * A backend: `stopped` → `starting` → `running` → `draining` → `closed`. `createApp` has already refused what cannot be kept, so starting only
 * fails for what is outside: a database that is not there, a migration that does not apply.
 */
export interface App extends AsyncDisposable {
  readonly name: string
  readonly state: AppState
  readonly operations: readonly PlannedOperation[]
  /** The HTTP interface, for the mounts of `fulcrum/http`. Exists once the application has started. */
  readonly gateway: Gateway
  /** Opens the store, applies migrations, starts services, warms connections. Returns the application, so that `await createApp(config).start()` reads well. */
  start(): Promise<App>
  /** Calls an operation in process: the same plan, the same enforcement, no HTTP. */
  call<In, Out>(operation: Called<In, Out>, ...args: CallArguments<In, [options?: CallOptions]>): Promise<Out>
  /**
   * Reads many inputs of one query in process. Each is read as `call` would: validated, on the query's level of consistency, from a cache where that has it,
   * and kept in the caches by itself; so they are not of one state of the data. What no cache has is read with one call of the handler's
   * bulk form (`many`), or, where it has none, one by one, 16 at once. More than 1,000 inputs are read in rounds of so many.
   *
   * Resolves with what each input came to, in their order.
   *
   * ```ts
   * const products = await app.callMany(getProduct, ids.map((id) => ({ id })))
   * for (const product of products) if (product.ok) show(product.value)
   * ```
   *
   * @throws where nothing was read at all: the application is not running, or the options are wrong.
   */
  callMany<In, Out, Err extends ErrorDeclaration>(
    // eslint-disable-next-line @typescript-eslint/no-explicit-any
    query: Operation<'query', string, In, any, any, Out, Err, any, any>,
    inputs: readonly In[],
    options?: Omit<CallOptions, 'ifMatch' | 'idempotencyKey'>,
  ): Promise<readonly Outcome<Out, Err>[]>
  /**
   * Enqueues a job; resolves with its id when it is durable. In an operation, enqueue with `ctx.enqueue`: with the transaction.
   *
   * @throws FUL-2001 where the input is not valid; FUL-1002 for an option that is wrong.
   */
  enqueue<In>(
    // eslint-disable-next-line @typescript-eslint/no-explicit-any
    job: Operation<'job', string, In, any, any, any, any, any, any>,
    ...args: CallArguments<In, [options?: EnqueueOptions]>
  ): Promise<string>
  /** What is in the queues of jobs, and the dead letters. Exists in an application that has jobs, once it has started. */
  readonly jobs: JobsOfApp
  /** Runs of steps that are under way or stuck. Exists in an application that has commands with steps, once it has started. */
  readonly steps: StepsOfApp
  /** Subscriptions, dead letters and replays. Exists in an application that emits events or has subscribers, once it has started. */
  readonly events: EventsOfApp
  /**
   * A session for calls in process. With a token, as `session.token()` or the header `Fulcrum-Token` gave it, it goes on where that was; without, what
   * its caller has done before is unknown.
   *
   * ```ts
   * const session = app.session()
   * await app.call(updateProfile, input, { session })
   * await app.call(getProfile, { userId }, { session })   // sees the update, on whichever node it reads
   * ```
   */
  session(token?: string): Session
  /**
   * Leaves everything behind that is cached of a query with `cache.invalidation: 'version'`: on this instance when it resolves, on all instances
   * within a second, whatever becomes of the news. The same happens by itself where the schema of its output changes.
   *
   * @throws FUL-3002 where the shared cache cannot be reached: nothing has changed then, or it is not known. FUL-1002 for any other query.
   */
  bumpVersion(query: QuerySignature): Promise<void>
  /** Serves HTTP with Fastify; starts the application if it is not running. Resolves with the address. */
  listen(options?: ListenOptions): Promise<Address>
  /** Where other processes call the operations of this one, once it has started; `undefined` where `internal.port` is not configured. */
  readonly internal: Address | undefined
  readiness(): Readiness
  /** What each operation's statements cost so far, most expensive first. */
  statements(): readonly { readonly operation: string; readonly statements: readonly StatementTiming[] }[]
  /** What comparing answers of caches and replicas with the primary has found so far, per operation that has such answers. */
  audit(): readonly AuditReport[]
  /**
   * Keys of cached queries that at least 2 % of their query's look-ups on this instance were for, and about 50 per second, hottest first: of the last ten
   * seconds that are over. Where one key takes most of what a shared cache is asked, a local tier takes it off its server.
   */
  hotKeys(): readonly HotKey[]
  /** Applies pending migrations, or only lists them. Works without starting. */
  migrate(options?: {
    readonly dryRun?: boolean
    readonly module?: string
  }): Promise<readonly MigrationStep[]>
  /** Stops taking calls, finishes those in flight within `drain`, stops services, closes connections. Closing twice is closing once. */
  close(): Promise<void>
}
