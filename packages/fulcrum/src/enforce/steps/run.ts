import { isDomainError } from '../../declare/error.ts'
import { Deadline } from '../../kernel/deadline.ts'
import { fulcrumError, isFulcrumError, type FulcrumError } from '../../kernel/errors/fulcrum-error.ts'
import { growingPause } from '../../kernel/growing-pause.ts'
import { AnsweredElsewhere } from '../../ports/idempotency-log.ts'
import { ALONE, ownFacts } from '../../ports/own-work.ts'
import { type HeldRun, RunTaken } from '../../ports/step-log.ts'
import { type Answered, packAnswer } from '../idempotency/answer.ts'
import { Call } from '../runtime/call.ts'
import { asFailure } from '../runtime/failure.ts'
import { untilExpiry } from '../runtime/until-expiry.ts'
import { reasonOf } from './attempts.ts'
import { Backward, isUndone, NotUndone } from './backward.ts'
import { Forward, type ForwardParts } from './forward.ts'
import { Diverged, Memos } from './memos.ts'
import type { RunOutcome } from './outcome.ts'
import type { RunFacts, RunKind, RunParts } from './run-terms.ts'
import { StepsHandlerContext } from './steps-handler-context.ts'

/** However little time a run has left, its handler has this much to get to where it was. */
const REPLAY_MS = 30_000
const END_MS = 10_000
const AGAIN = { first: 50, longest: 2_000 }

/**
 * One run on this instance: forward → answered, or → back → undone or answered with a declared error; stuck where it can do neither; from each of them → lost, when it is
 * not this instance's any more. Whatever it writes, it writes as the run's holder, so a run that was lost without noticing changes nothing.
 */
export class StepRun implements HeldRun {
  readonly run: string
  readonly holder: string
  readonly fingerprint: string
  /** Never rejects. */
  readonly outcome: Promise<RunOutcome>
  readonly #kind: RunKind
  readonly #parts: RunParts
  readonly #facts: RunFacts
  readonly #call: Call

  constructor(kind: RunKind, parts: RunParts, facts: RunFacts) {
    this.run = facts.run
    this.holder = facts.holder
    this.fingerprint = facts.fingerprint
    this.#kind = kind
    this.#parts = parts
    this.#facts = facts
    const { operation } = kind.scope
    const left = Math.max(kind.settings.within - facts.age, REPLAY_MS)
    const deadline = Deadline.after(parts.clock, left, { operation: operation.name })
    this.#call = new Call(kind.scope, facts, deadline)
    this.outcome = this.#execute()
  }

  /** It is not this instance's any more, or must not be. */
  lose(reason: string): void {
    const { operation } = this.#kind.scope
    this.#lost = fulcrumError('FUL-3202', { run: this.run, reason }, { operation: operation.name })
    this.#call.deadline.end(this.#lost)
    this.#back?.deadline.end(this.#lost)
  }

  #lost: FulcrumError | undefined = undefined
  #back: Call | undefined = undefined

  async #execute(): Promise<RunOutcome> {
    const memos = new Memos(this.#facts.memos)
    const parts = { kind: this.#kind, parts: this.#parts, facts: this.#facts, memos, call: this.#call }
    const forward = new Forward(parts)
    try {
      const value = await this.#forward(forward, memos)
      const { version } = this.#call
      const changed = this.#call.changed.map(({ id }) => id)
      return await this.#answer({ kind: 'value', value, version, changed })
    } catch (error) {
      return await this.#backward(forward, parts, error).catch((failure: unknown) => this.#notOver(failure))
    } finally {
      this.#call.end()
      this.#back?.end()
    }
  }

  /** @throws whatever the handler does; Diverged where that is not to be believed. */
  async #forward(forward: Forward, memos: Memos): Promise<unknown> {
    const { scope } = this.#kind
    const ctx = new StepsHandlerContext({ forward, facts: this.#facts, call: this.#call })
    const handled = Promise.resolve(this.#facts.input).then((input) => scope.handler(input, ctx))
    const ending = untilExpiry(this.#call.deadline, handled)
    // What it has begun and not waited for has to end before anything is judged, and says whether that is to be believed.
    await ending.then(ignore, ignore)
    await this.#closed(forward)
    memos.requireAllBegun()
    const returned = await ending
    if (this.#facts.state === 'compensating') throw new Diverged('it had failed, and does not fail now')
    const value = await scope.finish(this.#call, returned)
    this.#call.finished = true
    const { changes } = scope.operation
    if (changes !== undefined)
      this.#call.changed = [...this.#call.changed, ...changes(this.#facts.input as never, value as never)]
    return value
  }

  /** A handler that has run over its time has failed like any other; one whose run was lost has not. */
  async #closed(forward: Forward): Promise<void> {
    try {
      await forward.close()
    } catch (error) {
      if (!isFulcrumError(error, 'FUL-3001')) throw error
    }
  }

  async #backward(forward: Forward, parts: ForwardParts, thrown: unknown): Promise<RunOutcome> {
    if (isUndecided(thrown) || this.#lost !== undefined) throw this.#lost ?? thrown
    const error = asFailure(this.#kind.scope.operation, thrown)
    if (forward.begun.some(isUndone)) await this.#undo(forward, parts, error)
    if (isDomainError(error)) return this.#answer({ kind: 'error', error })
    const keep = this.#kind.settings.ttl
    await this.#untilWritten(() =>
      this.#parts.log.end(this, { state: 'undone', keep, reason: reasonOf(error) }),
    )
    return { kind: 'failed', error }
  }

  async #undo(forward: Forward, parts: ForwardParts, error: unknown): Promise<void> {
    const { scope } = this.#kind
    const deadline = Deadline.after(this.#parts.clock, Infinity, { operation: scope.operation.name })
    this.#back = new Call(scope, this.#facts, deadline)
    if (this.#facts.state === 'running')
      await this.#untilWritten(() => this.#parts.log.turn(this, 'compensating', reasonOf(error)))
    await new Backward({ ...parts, call: this.#back }).undo(forward.begun)
  }

  /** Keeps the answer, and says in the same transaction that the run is over. */
  async #answer(answered: Answered): Promise<RunOutcome> {
    const { operation } = this.#kind.scope
    const { store, idempotencyLog, log, clock } = this.#parts
    const { ttl } = this.#kind.settings
    const answer = packAnswer(operation, answered)
    const { call: id, fingerprint } = this.#facts
    try {
      const { position } = await this.#untilWritten(async () => {
        using deadline = Deadline.after(clock, END_MS)
        return await store.transaction(ALONE, ownFacts('fulcrum.steps', deadline), async (tx) => {
          idempotencyLog.keep(tx, { id, fingerprint, operation: operation.name, answer, ttl })
          log.endWith(tx, this, { state: 'done', keep: ttl })
        })
      })
      return { kind: 'answered', answered, position, changed: this.#call.changed }
    } catch (error) {
      if (error instanceof AnsweredElsewhere) return { kind: 'kept before' }
      throw error
    }
  }

  /** The run is not over: it is stuck, or somebody else's. */
  async #notOver(error: unknown): Promise<RunOutcome> {
    if (this.#lost !== undefined) return { kind: 'failed', error: this.#lost }
    const { operation } = this.#kind.scope
    if (error instanceof RunTaken) {
      const params = { run: this.run, reason: 'another instance has taken it' }
      return { kind: 'failed', error: fulcrumError('FUL-3202', params, { operation: operation.name }) }
    }
    const cause = error instanceof Diverged ? diverged(error, operation.name) : error
    const reason = error instanceof NotUndone ? error.message : reasonOf(cause)
    this.#parts.report(`${operation.name}: the run ${this.run} is stuck: ${reason}`)
    try {
      await this.#untilWritten(() => this.#parts.log.turn(this, 'stuck', reason))
    } catch {
      return this.#notOver(new RunTaken())
    }
    return {
      kind: 'failed',
      error: fulcrumError('FUL-3206', { run: this.run }, { operation: operation.name, cause }),
    }
  }

  /** The database may be away for a moment. @throws RunTaken, AnsweredElsewhere; and FUL-3202 when the run is lost meanwhile. */
  async #untilWritten<T>(write: () => Promise<T>): Promise<T> {
    const { clock, random } = this.#parts
    for (let failures = 0; ; failures += 1) {
      if (this.#lost !== undefined) throw this.#lost
      try {
        return await write()
      } catch (error) {
        if (error instanceof RunTaken || error instanceof AnsweredElsewhere) throw error
        await clock.sleep(growingPause(failures, AGAIN, random))
      }
    }
  }
}

function ignore(): void {}

/** Neither a failure of the run nor its end. */
function isUndecided(error: unknown): boolean {
  return error instanceof Diverged || error instanceof RunTaken || isFulcrumError(error, 'FUL-3022')
}

function diverged({ message }: Diverged, operation: string): FulcrumError {
  return fulcrumError('FUL-3204', { reason: message }, { operation })
}
