/* oxlint-disable typescript/no-explicit-any -- what a call does not look at may be of any type */
import type { Duration } from '../kernel/duration.ts'
import type { Sql } from './db.ts'
import type { DomainError, ErrorData, ErrorDeclaration } from './error.ts'
import type { EventDeclaration } from './event.ts'
import type { Operation } from './operation.ts'
import type { Outcome } from './outcome.ts'
import type { Principal } from './principal.ts'

/** Raises a declared domain error; never returns, so that it can stand in an expression: `row ?? fail(NotFound, { id })`. */
export type Fail<Err extends ErrorDeclaration> = <E extends Err>(
  error: E,
  ...data: undefined extends ErrorData<E> ? [data?: ErrorData<E>] : [data: ErrorData<E>]
) => never

/** Makes a declared domain error. */
export type Failure<Err extends ErrorDeclaration> = <E extends Err>(
  error: E,
  ...data: undefined extends ErrorData<E> ? [data?: ErrorData<E>] : [data: ErrorData<E>]
) => DomainError<E>

/** The arguments of a call: the input may be left out where the operation takes none. */
export type CallArguments<In, Rest extends readonly unknown[] = []> = void extends In
  ? [input?: undefined, ...Rest]
  : [input: In, ...Rest]

type Callable<Kind extends 'query' | 'command', Name extends string, In, Out> = Operation<
  Kind,
  Name,
  In,
  any,
  any,
  Out,
  any,
  any,
  any
>

/** Calls queries of any module, on the same budget; within a transaction they read inside it. */
export interface CallQuery {
  <In, Out>(query: Callable<'query', string, In, Out>, ...args: CallArguments<In>): Promise<Out>
}

/** Reads many inputs of one query; what each of them came to, in their order. See `App.callMany`. */
export interface CallMany {
  <In, Out, Err extends ErrorDeclaration>(
    query: Operation<'query', string, In, any, any, Out, Err, any, any>,
    inputs: readonly In[],
  ): Promise<readonly Outcome<Out, Err>[]>
}

/** Calls queries of any module, and the commands that `transaction.joins` names, inside this transaction. */
export interface CallJoined<Joins extends string> {
  <In, Out>(
    operation: Callable<'query', string, In, Out> | Callable<'command', Joins, In, Out>,
    ...args: CallArguments<In>
  ): Promise<Out>
}

/** When an enqueued job is run, and before which others. */
export interface EnqueueOptions {
  /** Not before this has passed: `'10m'`. Default: at once. */
  readonly after?: Duration
  /** Not before this time. Not together with `after`. */
  readonly at?: Date
  /** Of those that wait for this job, greater goes first. Default: `delivery.priority`. */
  readonly priority?: number
}

/**
 * Enqueues a job of any module; resolves with its id. In a transaction it is a part of that: the job is there when it is committed. The input is validated,
 * as it will be kept: JSON.
 */
export interface Enqueue {
  <In>(
    job: Operation<'job', string, In, any, any, any, any, any, any>,
    ...args: CallArguments<In, [options?: EnqueueOptions]>
  ): Promise<string>
}

/** What every handler gets. */
export interface Context<Db, Err extends ErrorDeclaration> {
  /** The module's query builder, bound to this call. */
  readonly db: Db
  /** Plain SQL, bound to this call. Qualify tables with their module's schema. */
  readonly sql: Sql
  readonly fail: Fail<Err>
  readonly callMany: CallMany
  /** Who calls; `undefined` when anonymous. */
  readonly principal: Principal | undefined
  /** Aborts when the deadline is spent or the caller has gone. Made only when read. */
  readonly signal: AbortSignal
  /** Milliseconds of the budget that are left; `Infinity` without a deadline. */
  readonly remaining: number
  /** The wall clock, injected: use it instead of `Date.now()`, so that tests and predictions control time. */
  readonly now: () => Date
  /** A random UUID, injected like the clock. */
  readonly uuid: () => string
}

export interface QueryContext<Db = unknown, Err extends ErrorDeclaration = never> extends Context<Db, Err> {
  readonly call: CallQuery
}

/** What the bulk form of a query gets. */
export interface ManyContext<Db = unknown, Err extends ErrorDeclaration = never> extends QueryContext<
  Db,
  Err
> {
  /** Makes a declared domain error, to stand in the place of one answer; `fail` raises one for all of them. */
  readonly failure: Failure<Err>
}

/**
 * What the form of a batched command gets. Its calls may be those of several callers, so who calls is a list, beside that of the inputs; `fail` raises
 * an error for all that are in the batch, which is then taken apart, `failure` makes one for a single call.
 */
export interface BatchContext<
  Db = unknown,
  Err extends ErrorDeclaration = never,
  Emits extends EventDeclaration = never,
> extends Omit<CommandContext<Db, Err, Emits>, 'principal' | 'matches'> {
  /** Who calls, for each of the inputs, in their order; `undefined` for those who are anonymous. */
  readonly principals: readonly (Principal | undefined)[]
  /** Makes a declared domain error, to stand in the place of one answer. */
  readonly failure: Failure<Err>
}

export interface CommandContext<
  Db = unknown,
  Err extends ErrorDeclaration = never,
  Emits extends EventDeclaration = never,
  Joins extends string = never,
> extends Context<Db, Err> {
  readonly call: CallJoined<Joins>
  readonly enqueue: Enqueue
  /** Publishes a declared event with the transaction. */
  readonly emit: <E extends Emits>(
    event: E,
    data: E extends EventDeclaration<string, infer In> ? In : never,
  ) => void
  /** Compares the caller's `If-Match` with the current version; answers 412 when it does not match. See `transaction.ifMatch`. */
  readonly matches: (version: string | number) => void
}

/** Calls queries of any module, and commands where the job is not itself a transaction: each of them is one of its own then. */
export interface CallFromJob {
  <In, Out>(
    operation: Callable<'query', string, In, Out> | Callable<'command', string, In, Out>,
    ...args: CallArguments<In>
  ): Promise<Out>
}

export interface JobContext<Db = unknown, Emits extends EventDeclaration = never> extends Context<Db, never> {
  readonly call: CallFromJob
  readonly enqueue: Enqueue
  readonly emit: CommandContext<Db, never, Emits>['emit']
  /** The id that it was enqueued with; the same in all attempts, so what services elsewhere tell repetitions by. */
  readonly id: string
  /** 1 for the first. */
  readonly attempt: number
}

/** Which event a subscriber has been given: the envelope of CloudEvents 1.0. */
export interface EventEnvelope {
  /** With `source` the same for every delivery of the event, to every subscriber: fit for an idempotency key of what is called outside. */
  readonly id: string
  /** `/orders`: the module that it happened in; of an event of elsewhere, whatever that calls itself. */
  readonly source: string
  /** `orders.OrderPlaced`. */
  readonly type: string
  /** When it was emitted. */
  readonly time: Date
  /** Of the request that it was emitted for, where that came with one (W3C Trace Context); what the handler emits carries it on. */
  readonly traceparent: string | undefined
  /** Of an event that was accepted from another application: a session token of that, with which its effects are seen there. */
  readonly token: string | undefined
  /** Deliveries that have failed before this one. */
  readonly attempts: number
}

/** One of the events that a form for many is given. */
export interface DeliveredEvent<Data> {
  readonly data: Data
  readonly event: EventEnvelope
}

/** What a subscriber gets. All of it happens in the transaction that says that the event was delivered: together, or not at all. */
export interface SubscriberContext<Db = unknown, Emits extends EventDeclaration = never> extends Omit<
  CommandContext<Db, never, Emits>,
  'matches'
> {
  readonly event: EventEnvelope
}

/** What the form of a subscriber for many events gets. Each comes with its own envelope. */
export type EventsContext<Db = unknown, Emits extends EventDeclaration = never> = Omit<
  SubscriberContext<Db, Emits>,
  'event'
>
