import type { AnyOperation } from '../../declare/operation.ts'
import { Deadline } from '../../kernel/deadline.ts'
import { fulcrumError } from '../../kernel/errors/fulcrum-error.ts'
import type { Memo } from '../../ports/step-log.ts'
import { Call } from '../runtime/call.ts'
import { untilExpiry } from '../runtime/until-expiry.ts'
import { Attempts, reasonOf } from './attempts.ts'
import { type BegunStep, type ForwardParts, termsOf } from './forward.ts'
import { keyOf } from './names.ts'
import { packOutcome, valueOutcome } from './outcome.ts'

/** What a run has done can neither stay nor be undone. */
export class NotUndone extends Error {}

/** A step that has something to undo it, and may have taken effect. */
export function isUndone({ options, outcome }: BegunStep): boolean {
  return options.compensate !== undefined && outcome?.kind !== 'error'
}

/**
 * Undoes the steps of a run, the last one first. Each undoing is remembered like a step, is tried as often, and has a key of its own. There is no end to the time that it may
 * take, only to its attempts.
 */
export class Backward {
  readonly #with: ForwardParts
  readonly #attempts: Attempts

  constructor(backward: ForwardParts) {
    this.#with = backward
    this.#attempts = new Attempts(backward.parts.clock, backward.parts.random)
  }

  /** @throws NotUndone */
  async undo(begun: readonly BegunStep[]): Promise<void> {
    for (const [position, step] of [...begun.entries()].toReversed())
      if (isUndone(step) && this.#with.memos.find(step.name, 'undo') === undefined)
        await this.#undo(step, { name: step.name, part: 'undo', position, answer: doneMemo(this.#operation) })
  }

  get #operation(): AnyOperation {
    return this.#with.kind.scope.operation
  }

  async #undo(step: BegunStep, memo: Memo): Promise<void> {
    const { call, kind, parts, facts, memos } = this.#with
    const { timeout, ...terms } = termsOf(kind, step.options, this.#operation.name)
    const tried = await this.#attempts.try(
      async (attempt) => {
        using limit = Deadline.after(parts.clock, timeout, {
          parent: call.deadline,
          operation: this.#operation.name,
        })
        await this.#orDone(memo, () => this.#once(step, { attempt, limit, memo }))
      },
      { ...terms, left: () => Infinity, signal: call.deadline.signal },
    )
    if (tried.kind === 'gave up') {
      const times = tried.attempts === 1 ? '1 attempt' : `${tried.attempts} attempts`
      throw new NotUndone(`the step "${step.name}" could not be undone in ${times}: ${reasonOf(tried.error)}`)
    }
    if (memos.find(step.name, 'undo') !== undefined) return
    await parts.notes.note(facts, memo, call.deadline.signal)
    memos.add(memo)
  }

  /** What calls a command is done when that was committed, whatever comes after. */
  async #orDone(memo: Memo, attempt: () => Promise<void>): Promise<void> {
    const { parts, facts, memos } = this.#with
    try {
      await attempt()
    } catch (error) {
      const found = (await parts.log.memos(facts.run)).find(
        ({ name, part }) => name === memo.name && part === 'undo',
      )
      if (found === undefined) throw error
      memos.add(found)
    }
  }

  async #once(step: BegunStep, { attempt, limit, memo }: Attempt): Promise<void> {
    const { facts } = this.#with
    const undo = {
      key: keyOf(facts.run, step.name, 'undo'),
      stepKey: keyOf(facts.run, step.name, 'step'),
      attempt,
      signal: limit.signal,
      result: step.outcome?.kind === 'value' ? step.outcome.value : undefined,
      call: (target: AnyOperation, input: unknown) => this.#call(target, input, { limit, memo }),
    }
    const compensate = step.options.compensate as (given: typeof undo) => unknown
    await untilExpiry(limit, Promise.resolve(undo).then(compensate))
  }

  async #call(
    target: AnyOperation,
    input: unknown,
    { limit, memo }: Omit<Attempt, 'attempt'>,
  ): Promise<unknown> {
    const { call, kind, parts, facts, memos } = this.#with
    if (memos.find(memo.name, 'undo') !== undefined) {
      const params = {
        what: `A call of "${target.name}"`,
        reason: 'what undoes a step calls one command, as its last part',
      }
      throw fulcrumError('FUL-3207', params, { operation: this.#operation.name })
    }
    const around = new Call(kind.scope, { principal: call.principal, parent: call }, limit)
    let isNoted = false
    try {
      const value = await kind.scope.callStep(around, target, {
        input,
        note: (tx) => {
          isNoted = true
          parts.log.noteWith(tx, facts, memo)
        },
      })
      if (isNoted) memos.add(memo)
      return value
    } finally {
      around.end()
    }
  }
}

interface Attempt {
  readonly attempt: number
  readonly limit: Deadline
  readonly memo: Memo
}

function doneMemo(operation: AnyOperation): Uint8Array {
  return packOutcome(operation, valueOutcome(undefined))
}
