import type { DbBinding, Sql } from '../../declare/db.ts'
import type { AnyOperation } from '../../declare/operation.ts'
import type { Outcome } from '../../declare/outcome.ts'
import type { Clock } from '../../kernel/clock.ts'
import type { OperationProbe } from '../../kernel/observer.ts'
import type { Random } from '../../kernel/random.ts'
import type { Store, TransactionRunner } from '../../ports/store.ts'
import type { Emissions } from '../messaging/emit.ts'
import type { ToEnqueue } from '../messaging/jobs/to-enqueue.ts'
import type { Call } from './call.ts'
import type { CallTimer } from './call-timer.ts'

/** Adds to the COMMIT of a call's transaction what the call answers. */
export type Note = (tx: TransactionRunner, call: Call, value: unknown) => void

export interface CalledStep {
  readonly input: unknown
  readonly note: Note
}

/** What all calls of one operation share; made once, at boot. */
export interface CallScope {
  readonly operation: AnyOperation
  readonly module: string
  /** Names of the operations of other modules that it may call or enqueue, those that it joins included. */
  readonly calls: ReadonlySet<string>
  readonly handler: (input: unknown, ctx: unknown) => unknown
  /** The same with the bulk form as its handler, which takes a list; `undefined` where it has none. */
  readonly bulk: CallScope | undefined
  /** Holds what the handler returned to the output's schema and notes its version. Within the transaction, where there is one. */
  readonly finish: (call: Call, returned: unknown) => unknown
  readonly clock: Clock
  readonly random: Random
  readonly timer: CallTimer
  readonly probe: OperationProbe
  readonly store: Store | undefined
  /** Makes `ctx.db`; `undefined` where the module declares no query builder. */
  readonly bindDb: DbBinding<unknown> | undefined
  readonly bindSql: (call: Call) => Sql
  /** What `ctx.emit` does with each of its events. */
  readonly emissions: Emissions
  /** Calls another operation on behalf of this one. */
  readonly callNested: (parent: Call, operation: AnyOperation, input: unknown) => Promise<unknown>
  /** The same as a step of a run: `note` is what its transaction takes along. */
  readonly callStep: (parent: Call, operation: AnyOperation, step: CalledStep) => Promise<unknown>
  /** Enqueues a job on behalf of this one. */
  readonly enqueue: (call: Call, what: ToEnqueue) => Promise<string>
  /** Reads many inputs of a query on behalf of this call. */
  readonly callManyNested: (
    parent: Call,
    operation: AnyOperation,
    inputs: readonly unknown[],
  ) => Promise<readonly Outcome<unknown>[]>
}
