import type { JobContract } from './contract/contract.ts'
import { defineOperation } from './define.ts'
import type { EventDeclaration } from './event.ts'
import type { Operation } from './operation.ts'
import type { ScheduleDefinition } from './schedule.ts'
import type { InputOf, OutputOf, Schema } from './schema.ts'

/** The signature of a job: work outside the request, enqueued rather than called. */
export type Job<Name extends string, In, Parsed, Emits extends EventDeclaration> = Operation<
  'job',
  Name,
  In,
  Parsed,
  void,
  void,
  never,
  Emits,
  never
>

export interface JobDefinition<I extends Schema, Ev extends EventDeclaration> {
  readonly input?: I
  readonly emits?: readonly Ev[]
  readonly summary?: string
  /** Runs it by itself: once each time, over all instances. It has no input then. Default: it is run when it is enqueued. */
  readonly schedule?: ScheduleDefinition
  readonly contract?: JobContract
}

/**
 * Declares a job, named `module.operation`: work outside of any request. It is enqueued (`ctx.enqueue` in a command or a job, `app.enqueue` from outside)
 * or has a schedule, and is run at least once. Without a contract a run is one serializable transaction, and of all runs one is committed.
 *
 * ```ts
 * export const sendReceipt = job('orders.sendReceipt', {
 *   input: z.object({ orderId: z.uuid() }),
 *   contract: { delivery: { attempts: 8, backoff: '30s' }, transaction: { scope: 'statement' } },
 * })
 * ```
 */
export function job<
  const Name extends string,
  I extends Schema = Schema<void, void>,
  Ev extends EventDeclaration = never,
>(name: Name, definition: JobDefinition<I, Ev>): Job<Name, InputOf<I>, OutputOf<I>, Ev> {
  return defineOperation('job', name, definition) as never
}
