import type { DeliveredEvent, EventEnvelope } from '../../declare/context.ts'
import type { AnyOperation } from '../../declare/operation.ts'
import type { Outcome } from '../../declare/outcome.ts'
import type { Principal } from '../../declare/principal.ts'
import type { Plan } from '../../plan/plan.ts'
import type { RunningJob } from '../messaging/jobs/claimed.ts'
import type { CallSession } from '../session/call-session.ts'
import type { Call } from './call.ts'

/** Who calls, and under which terms. */
export interface CallRequest {
  readonly principal?: Principal | undefined
  /** What the caller has to see; advanced by the call. Default: nothing is known about it. */
  readonly session?: CallSession | undefined
  /** The caller's remaining budget in milliseconds; the effective one is the smaller of it and the operation's own. */
  readonly budget?: number | undefined
  /** The value of `If-Match`, as sent. */
  readonly ifMatch?: string | undefined
  /** What makes two calls of a command the same one, where its contract asks callers for it. */
  readonly idempotencyKey?: string | undefined
  /** The caller's place in a trace (W3C Trace Context), which the events of a command carry on. */
  readonly traceparent?: string | undefined
  /** Over HTTP an operation without a declared deadline has the default one. */
  readonly overHttp?: boolean
  /** Aborts the call: the caller has gone. */
  readonly signal?: AbortSignal | undefined
  /** The job that it is a run of. */
  readonly job?: RunningJob | undefined
}

/**
 * One operation, compiled: its plan composed into one function, once, at boot. A transport begins a call, runs it, and reads from the call what
 * served it:
 *
 * ```ts
 * const call = operation.begin({ principal, overHttp: true })
 * const output = await operation.run(call, input)   // input is validated here, output when it is produced
 * call.source; call.version; call.age
 * ```
 */
export interface CompiledOperation {
  readonly operation: AnyOperation
  readonly module: string
  readonly plan: Plan
  begin(request: CallRequest): Call
  /**
   * Begins and runs a call for whoever wants to know nothing but the answer. What is at hand in the local tier is then answered without any call
   * being made for it.
   */
  call(request: CallRequest, input: unknown): Promise<unknown>
  /** Runs once per call. Rejects with a `DomainError` or a `FulcrumError`, nothing else; the call is over afterwards. */
  run(call: Call, input: unknown): Promise<unknown>
  /** Reads many inputs of a query, each as if it was called by itself. Rejects only where nothing was read at all; `whole` is over afterwards. */
  runMany(whole: Call, inputs: readonly unknown[]): Promise<readonly Outcome<unknown>[]>
}

/** What a module does with an event, compiled: it is not called, but given what there is to deliver. */
export interface CompiledSubscriber extends CompiledOperation {
  /** Runs work in the transaction of the plan, again after serialization failures; `deliver` and statements of the call are for what runs in there. */
  transact<T>(work: (call: Call) => Promise<T>): Promise<T>
  /** Applies one event in the transaction of `whole`. Rejects as `run` does; then nothing of that transaction may be committed. */
  deliver(whole: Call, event: EventEnvelope, data: unknown): Promise<unknown>
  /** It has a form for many events, which `deliverMany` calls with all of them, and no handler for one. */
  readonly takesMany: boolean
  deliverMany(whole: Call, events: readonly DeliveredEvent<unknown>[]): Promise<unknown>
}

/** The running operations. */
export interface Runtime {
  readonly operations: readonly CompiledOperation[]
  readonly subscribers: readonly CompiledSubscriber[]
  /** By signature; `undefined` when no module of this runtime handles it, and for subscribers, which nobody calls. */
  find(operation: AnyOperation): CompiledOperation | undefined
  /** Calls in flight. */
  readonly inFlight: number
  /** Refuses new calls with `Draining` and resolves when those in flight are done or `ms` have passed; says how many were left. */
  drain(ms: number): Promise<number>
}
