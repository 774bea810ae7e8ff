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
import type { CallRequest, CompiledOperation } from './runtime.ts'
import { type Check, checkInput, checkOutput } from './schema-check.ts'
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
  readonly #input: Check
  readonly #output: Check
  readonly #version: ((output: unknown) => string | number) | undefined
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
    this.#input = checkInput(operation.input, operation.name)
    this.#output = checkOutput(operation.output, operation.name)
    this.#version = operation.version as ((output: unknown) => string | number) | undefined
    const budgets = plan.stages.find(
      (stage): stage is Extract<Stage, { stage: 'deadline' }> => stage.stage === 'deadline',
    )
    this.#overHttp = budgets?.overHttp
    this.#otherwise = budgets?.otherwise
    this.#ignoresIfMatch =
      operation.kind === 'command' && !plan.stages.some(({ stage }) => stage === 'precondition')
  }

  begin(request: CallRequest): Call {
    const { principal, ifMatch } = request
    const startedAt = this.#clock.now()
    return new Call(this.#scope, { principal, ifMatch, deadline: this.#deadline(request), startedAt })
  }

  async run(call: Call, input: unknown): Promise<unknown> {
    const inFlight = this.#inFlight
    if (inFlight.draining) throw fulcrumError('FUL-3003', {}, { operation: call.operation })
    inFlight.count += 1
    try {
      const output = await this.#answer(call, input, this.#composed)
      this.#scope.probe.ok(call.source, this.#clock.now() - call.startedAt)
      return output
    } catch (error) {
      const failure = asFailure(this.operation, error)
      this.#scope.probe.failed(failureCode(failure), this.#clock.now() - call.startedAt)
      throw failure
    } finally {
      call.end()
      call.deadline[Symbol.dispose]()
      inFlight.leave()
    }
  }

  /** Runs on behalf of another operation, on its budget: in its transaction where it has one, on the operation's own plan otherwise. */
  async runNested(parent: Call, input: unknown): Promise<unknown> {
    const { principal, transaction } = parent
    const deadline = this.#nestedDeadline(parent.deadline)
    const call = new Call(this.#scope, {
      principal,
      deadline,
      ifMatch: undefined,
      startedAt: this.#clock.now(),
    })
    call.useTransaction(transaction)
    try {
      return await this.#answer(call, input, transaction === undefined ? this.#composed : runHandler)
    } finally {
      parent.served(call.source)
      call.end()
      if (deadline !== parent.deadline) deadline[Symbol.dispose]()
    }
  }

  async #answer(call: Call, input: unknown, run: Run): Promise<unknown> {
    call.deadline.throwIfOver()
    if (call.ifMatch !== undefined && this.#ignoresIfMatch) refuseIfMatch(call)
    const parsed = this.#input(input)
    const returned = run(call, isPromise(parsed) ? await parsed : parsed)
    const output = this.#output(isPromise(returned) ? await returned : returned)
    const value = isPromise(output) ? await output : output
    if (this.#version !== undefined) call.version = this.#version(value)
    return value
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
