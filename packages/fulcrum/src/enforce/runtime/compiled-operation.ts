import type { AnyOperation } from '../../declare/operation.ts'
import type { Clock } from '../../kernel/clock.ts'
import { Deadline } from '../../kernel/deadline.ts'
import { fulcrumError } from '../../kernel/errors/fulcrum-error.ts'
import type { Plan, Stage } from '../../plan/plan.ts'
import { Call } from './call.ts'
import type { CallScope } from './call-scope.ts'
import { asFailure, failureCode } from './failure.ts'
import type { InFlight } from './in-flight.ts'
import { isPromise } from './is-promise.ts'
import { notingChanges } from './noting-changes.ts'
import type { CallRequest, CompiledOperation } from './runtime.ts'
import { type Check, checkInput } from './schema-check.ts'
import type { Run } from './stage.ts'
import { refuseIfMatch } from './stage-precondition.ts'
import { run as runHandler } from './stage-run.ts'

/** What one operation is compiled from. */
export interface Compilation {
  readonly scope: CallScope
  readonly plan: Plan
  readonly composed: Run
  readonly inFlight: InFlight
}

/**
 * An operation that can be called. Everything that depends on the declaration alone is decided in the constructor; a call only reads fields.
 */
export class Compiled implements CompiledOperation {
  readonly operation: AnyOperation
  readonly module: string
  readonly plan: Plan
  readonly #scope: CallScope
  readonly #clock: Clock
  readonly #inFlight: InFlight
  readonly #composed: Run
  readonly #joined: Run
  readonly #input: Check
  readonly #overHttp: number | undefined
  readonly #otherwise: number | undefined
  readonly #ignoresIfMatch: boolean

  constructor({ scope, plan, composed, inFlight }: Compilation) {
    const { operation } = scope
    this.operation = operation
    this.module = scope.module
    this.plan = plan
    this.#scope = scope
    this.#clock = scope.clock
    this.#inFlight = inFlight
    this.#composed = composed
    this.#joined = notingChanges(operation, runHandler)
    this.#input = checkInput(operation.input, operation.name)
    const budgets = plan.stages.find(
      (stage): stage is Extract<Stage, { stage: 'deadline' }> => stage.stage === 'deadline',
    )
    this.#overHttp = budgets?.overHttp
    this.#otherwise = budgets?.otherwise
    this.#ignoresIfMatch =
      operation.kind === 'command' && !plan.stages.some(({ stage }) => stage === 'precondition')
  }

  begin(request: CallRequest): Call {
    return new Call(this.#scope, request, this.#deadline(request))
  }

  run(call: Call, input: unknown): Promise<unknown> {
    if (this.#inFlight.draining)
      return Promise.reject(fulcrumError('FUL-3003', {}, { operation: call.operation }))
    return this.#execute(call, input, this.#composed)
  }

  /** Runs on behalf of another operation, on its budget: in its transaction where it has one, on the operation's own plan otherwise. */
  runNested(parent: Call, input: unknown): Promise<unknown> {
    const call = new Call(
      this.#scope,
      { principal: parent.principal, parent },
      this.#nestedDeadline(parent.deadline),
    )
    return this.#execute(call, input, this.#nestedRun(parent, call))
  }

  #nestedRun(parent: Call, call: Call): Run {
    if (parent.transaction !== undefined) return this.#joined
    if (!parent.isOfOneState) return this.#composed
    // A part that came from elsewhere would be of another state than the rest of the answer.
    call.joinReads()
    return runHandler
  }

  /** One asynchronous function for the whole call: each further one would cost every call another promise and another turn of the queue. */
  async #execute(call: Call, input: unknown, run: Run): Promise<unknown> {
    this.#inFlight.count += 1
    try {
      this.#admit(call)
      const parsed = this.#input(input)
      const returned = run(call, isPromise(parsed) ? await parsed : parsed)
      const output = isPromise(returned) ? await returned : returned
      const finished = call.finished ? output : this.#scope.finish(call, output)
      const value = isPromise(finished) ? await finished : finished
      this.#scope.probe.ok(call.source, this.#scope.timer.since(call.startedAt))
      return value
    } catch (error) {
      throw this.#failed(call, error)
    } finally {
      call.end()
      this.#inFlight.leave()
    }
  }

  #admit(call: Call): void {
    if (call.deadline !== Deadline.none) call.deadline.throwIfOver()
    if (call.ifMatch !== undefined && this.#ignoresIfMatch) refuseIfMatch(call)
  }

  #failed(call: Call, error: unknown): unknown {
    const failure = asFailure(this.operation, error)
    this.#scope.probe.failed(failureCode(failure))
    return failure
  }

  #deadline({ budget, overHttp, signal }: CallRequest): Deadline {
    const own = overHttp === true ? this.#overHttp : this.#otherwise
    const least = Math.min(own ?? Infinity, budget ?? Infinity)
    // Over HTTP the caller can always go away, so there is something to end even without a limit.
    if (least === Infinity && signal === undefined && overHttp !== true) return Deadline.none
    const deadline = Deadline.after(this.#clock, least, { operation: this.operation.name })
    if (signal !== undefined) deadline.link(signal)
    return deadline
  }

  #nestedDeadline(parent: Deadline): Deadline {
    if (this.#otherwise === undefined) return parent
    return Deadline.after(this.#clock, this.#otherwise, { parent, operation: this.operation.name })
  }
}
