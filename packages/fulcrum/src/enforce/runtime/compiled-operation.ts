import type { DeliveredEvent, EventEnvelope } from '../../declare/context.ts'
import type { AnyOperation } from '../../declare/operation.ts'
import type { Outcome } from '../../declare/outcome.ts'
import type { Clock } from '../../kernel/clock.ts'
import { Deadline } from '../../kernel/deadline.ts'
import { fulcrumError } from '../../kernel/errors/fulcrum-error.ts'
import { answeringPlan, type Plan, stageOf } from '../../plan/plan.ts'
import { type Audit, sampled } from '../audit/operation-audit.ts'
import type { Sampling } from '../sampling.ts'
import { Call } from './call.ts'
import type { CallScope, Note } from './call-scope.ts'
import type { CallTerms } from './call-terms.ts'
import { inLanes, inRounds, type ReadPart } from './bulk-read.ts'
import { asFailure, failureCode } from './failure.ts'
import type { Place } from './gathering.ts'
import type { InFlight } from './in-flight.ts'
import { isPromise } from './is-promise.ts'
import { nestedKeys } from './nested-key.ts'
import type { LocalHits } from './local-hits.ts'
import type { CallRequest, CompiledSubscriber } from './runtime.ts'
import type { Run } from './stage.ts'
import { LOCAL } from './serving.ts'
import { refuseIfMatch } from './stage-precondition.ts'
import { asItIs, type Steps, waysOf } from './ways.ts'

/** What one operation is compiled from. */
export interface Compilation {
  readonly scope: CallScope
  readonly plan: Plan
  readonly composed: Run
  /** `undefined` where no answer is audited. */
  readonly audit: Audit | undefined
  /** `undefined` where the plan has none that need no stages. */
  readonly hits: LocalHits | undefined
  readonly inFlight: InFlight
  /** Of a subscriber that is given many events at once. */
  readonly takesMany: boolean
}

type BegunRequest = CallRequest & Required<Pick<CallTerms, 'startedAt'>>

/**
 * An operation that can be called. Everything that depends on the declaration alone is decided in the constructor; a call only reads fields.
 */
export class Compiled implements CompiledSubscriber {
  readonly operation: AnyOperation
  readonly module: string
  readonly plan: Plan
  readonly takesMany: boolean
  readonly #scope: CallScope
  readonly #clock: Clock
  readonly #inFlight: InFlight
  readonly #planned: Steps
  /** The same, once the input was validated, and it was decided that the answer is not audited. */
  readonly #validated: Steps
  /** The same, with a look at the answer. */
  readonly #followed: Steps | undefined
  readonly #sampling: Sampling | undefined
  readonly #hits: LocalHits | undefined
  /** Inside its caller's transaction. */
  readonly #joined: Steps
  /** As a part of its caller's answer. */
  readonly #part: Steps
  readonly #overHttp: number | undefined
  readonly #otherwise: number | undefined
  readonly #ignoresIfMatch: boolean
  readonly #keyFor: ReturnType<typeof nestedKeys>

  constructor({ scope, plan, composed, audit, hits, inFlight, takesMany }: Compilation) {
    const { operation } = scope
    this.operation = operation
    this.module = scope.module
    this.plan = plan
    this.takesMany = takesMany
    this.#scope = scope
    this.#clock = scope.clock
    this.#inFlight = inFlight
    const { planned, joined, part } = waysOf({ scope, plan, composed, takesMany })
    const { check } = planned
    this.#planned = audit === undefined ? planned : { check, run: sampled(composed, audit) }
    this.#validated = { check: asItIs, run: composed }
    this.#followed = audit && { check, run: audit.follow }
    this.#sampling = audit?.sampling
    this.#joined = joined
    this.#part = part
    this.#hits = hits
    const budgets = stageOf(plan, 'deadline')
    this.#overHttp = budgets?.overHttp
    this.#otherwise = budgets?.otherwise
    this.#ignoresIfMatch =
      operation.kind === 'command' && stageOf(answeringPlan(plan), 'precondition') === undefined
    this.#keyFor = nestedKeys(operation, plan)
  }

  begin(request: CallRequest): Call {
    return new Call(this.#scope, request, this.#deadline(request))
  }

  call(request: CallRequest, input: unknown): Promise<unknown> {
    const hits = this.#hits
    if (hits === undefined || this.#inFlight.draining || !hits.isOpenTo(request))
      return this.run(this.begin(request), input)
    if (this.#sampling?.isDue() === true)
      return this.#execute(this.begin(request), input, this.#followed as Steps)
    const { probe, timer } = this.#scope
    const startedAt = timer.begin()
    try {
      const parsed = this.#planned.check(input)
      const hit = parsed instanceof Promise ? undefined : hits.find(request, parsed)
      if (hit === undefined) return this.#goOn({ ...request, startedAt }, parsed)
      probe.ok(LOCAL, timer.since(startedAt))
      return hit
    } catch (error) {
      return this.#goOn({ ...request, startedAt }, Promise.reject(error))
    }
  }

  run(call: Call, input: unknown): Promise<unknown> {
    if (this.#inFlight.draining)
      return Promise.reject(fulcrumError('FUL-3003', {}, { operation: call.operation }))
    return this.#execute(call, input, this.#planned)
  }

  /** Runs on behalf of another operation, on its budget: in its transaction where it has one, on the operation's own plan otherwise. */
  runNested(parent: Call, input: unknown): Promise<unknown> {
    const call = this.#beginNested(parent, { idempotencyKey: this.#keyFor(parent, input) })
    return this.#execute(call, input, this.#nestedSteps(parent, call))
  }

  /** Runs as a step of a run: on its own plan, whose transaction takes along what it answers. */
  runStep(parent: Call, input: unknown, note: Note): Promise<unknown> {
    const call = this.#beginNested(parent)
    call.note = note
    return this.#execute(call, input, this.#planned)
  }

  /** Runs work in the transaction of a subscriber's plan; `deliver` is for what runs in there. */
  async transact<T>(work: (call: Call) => Promise<T>): Promise<T> {
    const call = new Call(this.#scope, {}, Deadline.none)
    try {
      return (await this.#planned.run(call, work)) as T
    } finally {
      call.end()
    }
  }

  /** Applies one event, in the transaction of `whole`. Rejects as `run` does; then nothing of that transaction may be committed. */
  deliver(whole: Call, event: EventEnvelope, data: unknown): Promise<unknown> {
    const call = this.#beginNested(whole, { traceparent: event.traceparent })
    call.event = event
    return this.#execute(call, data, this.#joined)
  }

  /** Applies several events with one call of the form for many, in the transaction of `whole`. Rejects as `deliver` does. */
  deliverMany(whole: Call, events: readonly DeliveredEvent<unknown>[]): Promise<unknown> {
    return this.#execute(this.#beginNested(whole), events, this.#joined)
  }

  /** What turned out to be no hit: it has begun then, and its input was validated, or that has failed. */
  #goOn(begun: BegunRequest, parsed: unknown): Promise<unknown> {
    return this.#execute(this.begin(begun), parsed, this.#validated)
  }

  #nestedSteps(parent: Call, call: Call): Steps {
    if (parent.transaction !== undefined) return this.#joined
    if (!parent.isOfOneState) return this.#planned
    // A part that came from elsewhere would be of another state than the rest of the answer.
    call.joinReads()
    return this.#part
  }

  async runMany(whole: Call, inputs: readonly unknown[]): Promise<readonly Outcome<unknown>[]> {
    const isDraining = this.#inFlight.draining && whole.parent === undefined
    this.#inFlight.count += 1
    try {
      if (isDraining) throw fulcrumError('FUL-3003', {}, { operation: whole.operation })
      const read: ReadPart = (input, place) => this.#runPart(whole, input, place)
      return await (this.#scope.bulk === undefined ? inLanes(inputs, read) : inRounds(inputs, read))
    } finally {
      whole.end()
      this.#inFlight.leave()
    }
  }

  /** On behalf of another operation, as `runNested`. */
  runManyNested(parent: Call, inputs: readonly unknown[]): Promise<readonly Outcome<unknown>[]> {
    const whole = this.#beginNested(parent)
    if (parent.isOfOneState) whole.joinReads()
    return this.runMany(whole, inputs)
  }

  /** One input of a bulk read: a call like any other, on the terms and the budget of the whole. */
  #runPart(whole: Call, input: unknown, place: Place | undefined): Promise<unknown> {
    const part = new Call(this.#scope, { principal: whole.principal, parent: whole }, whole.deadline)
    part.place = place
    return this.#execute(part, input, this.#nestedSteps(whole, part))
  }

  #beginNested(parent: Call, terms: Pick<CallTerms, 'traceparent' | 'idempotencyKey'> = {}): Call {
    const deadline = this.#nestedDeadline(parent.deadline)
    return new Call(this.#scope, { ...terms, principal: parent.principal, parent }, deadline)
  }

  /**
   * No asynchronous function: that would allocate a generator and wait a turn more for an answer that is there already, which is a third of what a
   * plain call costs. What waits is a continuation of the promise that the stages return.
   */
  #execute(call: Call, input: unknown, { check, run }: Steps): Promise<unknown> {
    this.#inFlight.count += 1
    try {
      this.#admit(call)
      const parsed = check(input)
      const returned =
        parsed instanceof Promise ? parsed.then((value) => run(call, value)) : run(call, parsed)
      if (returned instanceof Promise) return this.#await(call, returned)
      if (isPromise(returned)) return this.#await(call, Promise.resolve(returned))
      return Promise.resolve(this.#finish(call, returned))
    } catch (error) {
      return Promise.reject(this.#failed(call, error))
    }
  }

  #admit(call: Call): void {
    if (call.deadline !== Deadline.none) call.deadline.throwIfOver()
    if (call.ifMatch !== undefined && this.#ignoresIfMatch) refuseIfMatch(call)
  }

  /** `Promise.resolve` of what is a promise already would ask it for its constructor, which is a tenth of what a plain call costs. */
  #await(call: Call, returned: Promise<unknown>): Promise<unknown> {
    return returned.then(
      (output) => this.#conclude(call, output),
      (error: unknown) => this.#fail(call, error),
    )
  }

  #conclude(call: Call, output: unknown): unknown {
    try {
      return this.#finish(call, output)
    } catch (error) {
      throw this.#failed(call, error)
    }
  }

  /** Holds the output to its schema, where no stage has done so. @throws what that finds; the call is not over then. */
  #finish(call: Call, output: unknown): unknown {
    const finished = call.finished ? output : this.#scope.finish(call, output)
    if (!(finished instanceof Promise)) return this.#succeed(call, finished)
    return finished.then(
      (value) => this.#succeed(call, value),
      (error: unknown) => this.#fail(call, error),
    )
  }

  #succeed(call: Call, value: unknown): unknown {
    const { probe, timer } = this.#scope
    probe.ok(call.source, timer.since(call.startedAt))
    this.#leave(call)
    return value
  }

  #fail(call: Call, error: unknown): never {
    throw this.#failed(call, error)
  }

  #failed(call: Call, error: unknown): unknown {
    const failure = asFailure(this.operation, error)
    this.#scope.probe.failed(failureCode(failure))
    this.#leave(call)
    return failure
  }

  #leave(call: Call): void {
    call.end()
    this.#inFlight.leave()
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
