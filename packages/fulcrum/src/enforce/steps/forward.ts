import { DomainError, isDomainError } from '../../declare/error.ts'
import type { AnyOperation } from '../../declare/operation.ts'
import type { CallStepOptions, StepOptions } from '../../declare/steps.ts'
import { Deadline } from '../../kernel/deadline.ts'
import { parseDuration } from '../../kernel/duration.ts'
import { fulcrumError } from '../../kernel/errors/fulcrum-error.ts'
import { show } from '../../kernel/show.ts'
import { type Memo, RunTaken } from '../../ports/step-log.ts'
import { Call } from '../runtime/call.ts'
import { untilExpiry } from '../runtime/until-expiry.ts'
import { type AttemptTerms, Attempts, reasonOf } from './attempts.ts'
import { Diverged, type Memos } from './memos.ts'
import { keyOf } from './names.ts'
import { isKeepable, packOutcome, type StepOutcome, unpackOutcome, valueOutcome } from './outcome.ts'
import { type RunFacts, type RunKind, type RunParts, tagsOf } from './run-terms.ts'

/** A step that the handler has begun. */
export interface BegunStep {
  readonly name: string
  readonly options: StepOptions<never>
  /** `undefined` while that is not known. */
  outcome: StepOutcome | undefined
}

export interface ForwardParts {
  readonly kind: RunKind
  readonly parts: RunParts
  readonly facts: RunFacts
  readonly memos: Memos
  /** The call of the run itself; its deadline ends when the run is not this instance's any more. */
  readonly call: Call
}

/** What a step does, apart from being one. */
interface Work {
  /** Whose errors it may answer with. */
  readonly target: AnyOperation
  readonly attempt: (
    attempt: number,
    limit: Deadline,
    memo: Pick<Memo, 'name' | 'position'>,
  ) => Promise<StepOutcome>
  readonly options: StepOptions<never>
  /** Its memo may be there although the attempt has failed: a COMMIT whose outcome was not heard of. */
  readonly isCall: boolean
}

/**
 * The steps of a run, forward: open while its handler runs → closed. Each is done once and remembered, or remembered as failed for good; what is remembered already is not
 * done again.
 */
export class Forward {
  readonly begun: BegunStep[] = []
  readonly #with: ForwardParts
  readonly #attempts: Attempts
  /** On the scale of `Clock.now()`. */
  readonly #until: number
  readonly #open = new Set<Promise<unknown>>()
  #isClosed = false
  /** What no handler may take for a failure of its steps. */
  #ended: Error | undefined = undefined

  constructor(forward: ForwardParts) {
    this.#with = forward
    const { parts, facts, kind } = forward
    this.#attempts = new Attempts(parts.clock, parts.random)
    this.#until = parts.clock.now() + kind.settings.within - facts.age
  }

  get remaining(): number {
    return Math.max(0, this.#until - this.#with.parts.clock.now())
  }

  /** No more steps; resolves when those that were begun have ended. @throws what has ended the run itself. */
  async close(): Promise<void> {
    this.#isClosed = true
    while (this.#open.size > 0) await Promise.allSettled(this.#open)
    if (this.#ended !== undefined) throw this.#ended
    this.#with.call.deadline.throwIfOver()
  }

  step(name: string, work: (step: object) => unknown, options: StepOptions<never> = {}): Promise<unknown> {
    const { facts, kind } = this.#with
    const key = keyOf(facts.run, name, 'step')
    const attempt: Work['attempt'] = async (number, limit) => {
      const step = { key, attempt: number, signal: limit.signal }
      const value = await untilExpiry(limit, Promise.resolve(step).then(work))
      if (!isKeepable(value)) throw fulcrumError('FUL-3208', { step: name }, { operation: this.#operation })
      return valueOutcome(value)
    }
    return this.#begin(name, { target: kind.scope.operation, attempt, options, isCall: false })
  }

  call(target: AnyOperation, input: unknown, options: CallStepOptions<never> = {}): Promise<unknown> {
    const { as: name = target.name } = options
    const attempt: Work['attempt'] = (_, limit, memo) => this.#callOnce(target, input, { limit, memo })
    return this.#begin(name, { target, attempt, options, isCall: true })
  }

  get #operation(): string {
    return this.#with.kind.scope.operation.name
  }

  #begin(name: string, work: Work): Promise<unknown> {
    const open = this.#guarded(name, work)
    this.#open.add(open)
    open.then(
      () => this.#open.delete(open),
      () => this.#open.delete(open),
    )
    return open
  }

  async #guarded(name: string, work: Work): Promise<unknown> {
    try {
      return await this.#do(name, work)
    } catch (error) {
      if (error instanceof Diverged || error instanceof RunTaken) this.#ended ??= error
      throw error
    }
  }

  async #do(name: string, work: Work): Promise<unknown> {
    this.#requireOpen(name)
    const { memos, facts } = this.#with
    const position = memos.begin(name, this.#operation)
    const step: BegunStep = { name, options: work.options, outcome: undefined }
    this.begun.push(step)
    const memo = memos.find(name, 'step')
    if (memo === undefined && facts.state === 'compensating')
      throw new Diverged(`the step "${name}" was not begun before the run failed`)
    step.outcome = memo ? this.#adopted(memo, work) : await this.#attempt({ name, position }, work)
    return this.#told(name, step.outcome)
  }

  /** Tries, and remembers what has come of it. */
  async #attempt(at: Pick<Memo, 'name' | 'position'>, work: Work): Promise<StepOutcome> {
    const { clock } = this.#with.parts
    const { call, kind } = this.#with
    const { timeout, ...terms } = termsOf(kind, work.options, this.#operation)
    const tried = await this.#attempts.try(
      async (attempt) => {
        using limit = Deadline.after(clock, Math.min(timeout, this.remaining), {
          parent: call.deadline,
          operation: this.#operation,
        })
        return await this.#orRemembered(at, work, () => work.attempt(attempt, limit, at))
      },
      { ...terms, left: () => this.remaining, signal: call.deadline.signal },
    )
    if (tried.kind === 'done') return this.#note(at, work, tried.value)
    const { error, attempts } = tried
    if (error instanceof RunTaken) throw error
    if (isDomainError(error) && isDeclared(work.target, error))
      return this.#note(at, work, { kind: 'error', error })
    const count = attempts === 1 ? '1 attempt' : `${attempts} attempts`
    return this.#note(at, work, { kind: 'failed', reason: `after ${count}: ${reasonOf(error)}` })
  }

  async #note(at: Pick<Memo, 'name' | 'position'>, work: Work, outcome: StepOutcome): Promise<StepOutcome> {
    const { parts, facts, memos, call } = this.#with
    if (memos.find(at.name, 'step') !== undefined) return outcome
    const memo: Memo = { ...at, part: 'step', answer: packOutcome(work.target, outcome) }
    await parts.notes.note(facts, memo, call.deadline.signal)
    memos.add(memo)
    if (!work.isCall || outcome.kind === 'value') return outcome
    // A COMMIT that nobody heard of may have come first, and what is there counts.
    return (await this.#remembered(at.name, work)) ?? outcome
  }

  /** A call that has failed may have been committed all the same. */
  async #orRemembered(
    { name }: Pick<Memo, 'name'>,
    work: Work,
    attempt: () => Promise<StepOutcome>,
  ): Promise<StepOutcome> {
    try {
      return await attempt()
    } catch (error) {
      if (!work.isCall || isDomainError(error)) throw error
      const remembered = await this.#remembered(name, work).catch(() => undefined)
      if (remembered === undefined) throw error
      return remembered
    }
  }

  async #remembered(name: string, work: Work): Promise<StepOutcome | undefined> {
    const { parts, facts, memos } = this.#with
    const found = (await parts.log.memos(facts.run)).find(
      (memo) => memo.name === name && memo.part === 'step',
    )
    if (found === undefined) return undefined
    memos.add(found)
    return this.#adopted(found, work)
  }

  /** What was done before, here or elsewhere; the caller's session has to see it as well. */
  #adopted(memo: Memo, { target }: Work): StepOutcome {
    const { call } = this.#with
    const outcome = unpackOutcome(target, memo.answer)
    if (outcome.kind === 'value') call.changed = [...call.changed, ...tagsOf(outcome.changed)]
    return outcome
  }

  async #callOnce(
    target: AnyOperation,
    input: unknown,
    { limit, memo }: { readonly limit: Deadline; readonly memo: Pick<Memo, 'name' | 'position'> },
  ): Promise<StepOutcome> {
    const { kind, parts, facts, memos, call } = this.#with
    const around = new Call(kind.scope, { principal: call.principal, parent: call }, limit)
    let noted: Memo | undefined
    try {
      let outcome: StepOutcome | undefined
      const value = await kind.scope.callStep(around, target, {
        input,
        note: (tx, made, finished) => {
          const changed = made.changed.map(({ id }) => id)
          outcome = { kind: 'value', value: finished, version: made.version, changed }
          noted = { ...memo, part: 'step', answer: packOutcome(target, outcome) }
          parts.log.noteWith(tx, facts, noted)
        },
      })
      if (noted !== undefined) memos.add(noted)
      if (outcome !== undefined) return outcome
      if (!isKeepable(value))
        throw fulcrumError('FUL-3208', { step: memo.name }, { operation: this.#operation })
      return valueOutcome(value)
    } finally {
      around.end()
    }
  }

  /** What the handler gets of it. */
  #told(step: string, outcome: StepOutcome): unknown {
    if (outcome.kind === 'value') return outcome.value
    if (outcome.kind === 'error') throw new DomainError(outcome.error.declaration, outcome.error.data)
    throw fulcrumError('FUL-3203', { step, reason: outcome.reason }, { operation: this.#operation })
  }

  #requireOpen(name: string): void {
    if (this.#ended !== undefined) throw this.#ended
    this.#with.call.deadline.throwIfOver()
    if (!this.#isClosed && typeof name === 'string' && name !== '' && name.length <= LONGEST_NAME) return
    const reason = this.#isClosed
      ? 'the handler of the run has ended'
      : `a step has a name of 1 to ${LONGEST_NAME} characters`
    const params = { what: `The step ${show(name)}`, reason }
    throw fulcrumError('FUL-3207', params, { operation: this.#operation })
  }
}

const LONGEST_NAME = 255

function isDeclared({ errors }: AnyOperation, { code }: DomainError): boolean {
  return (errors as readonly { readonly name: string }[]).some(({ name }) => name === code)
}

/** What a step states goes before what the contract does. @throws FUL-1002 */
export function termsOf(
  { settings }: RunKind,
  { attempts = settings.attempts, timeout }: StepOptions<never>,
  operation: string,
): Pick<AttemptTerms, 'attempts' | 'backoff' | 'longestBackoff'> & { readonly timeout: number } {
  const { backoff, longestBackoff } = settings
  const ms = timeout === undefined ? settings.timeout : parseDuration(timeout)
  if (ms === undefined || ms <= 0)
    throw wrong('timeout', timeout, { operation, allowed: "a duration such as '5s'" })
  if (!Number.isSafeInteger(attempts) || attempts < 1)
    throw wrong('attempts', attempts, { operation, allowed: 'a whole number from 1 on' })
  return { attempts, backoff, longestBackoff, timeout: ms }
}

function wrong(
  field: string,
  found: unknown,
  { operation, allowed }: { operation: string; allowed: string },
): Error {
  return fulcrumError('FUL-1002', { field: `options.${field}`, found: show(found), allowed }, { operation })
}
