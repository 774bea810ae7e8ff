import type { Outcome } from '../../declare/outcome.ts'
import { isFulcrumError } from '../../kernel/errors/fulcrum-error.ts'
import { Call } from '../runtime/call.ts'
import type { CallScope } from '../runtime/call-scope.ts'
import { UNTIMED } from '../runtime/call-timer.ts'
import type { Run, StageParts } from '../runtime/stage.ts'
import { AtFault } from './batch-form.ts'
import { BatchPrincipal } from './batch-principal.ts'
import type { BatchedCall } from './batched-call.ts'
import { mayBeOfOne } from './of-one.ts'
import { UntilAllAreGone } from './until-all-are-gone.ts'

type Group = readonly BatchedCall[]

/** How much is done for calls of which nobody waits for the outcome. */
export interface Persistence {
  /** What one transaction may take, in milliseconds. */
  readonly most: number
  /** Whether what has failed so often is to be tried again; resolves when it is time to. */
  readonly again: (error: unknown, failures: number) => Promise<boolean>
}

/** Callers who wait for an answer try again themselves, if they like. */
export const WHILE_SOMEBODY_WAITS: Persistence = { most: Infinity, again: () => Promise.resolve(false) }

/**
 * Carries out batches, and settles each of their calls.
 *
 * A batch is one transaction. Where it fails for a reason that may be the fault of one of its calls, nothing of it was done, so it is taken apart: calls
 * whose own answers are wrong fail, and the rest is tried again; otherwise its two halves are carried out one after the other, down to single
 * calls, which fail with what they have met. So n calls cost at most 2n - 1 transactions, less than twice what they would cost by themselves, and one call at fault
 * among a thousand about twenty. What is wrong with the database or the deadline is not: that fails all.
 */
export class BatchCarrier {
  readonly #next: Run
  readonly #parts: Pick<StageParts, 'clock' | 'operation'>
  readonly #persistence: Persistence

  constructor(
    next: Run,
    parts: Pick<StageParts, 'clock' | 'operation'>,
    persistence: Persistence = WHILE_SOMEBODY_WAITS,
  ) {
    this.#next = next
    this.#parts = parts
    this.#persistence = persistence
  }

  async carryOut(batch: Group): Promise<void> {
    const groups: Group[] = [batch]
    for (let group = groups.shift(); group !== undefined; group = groups.shift())
      groups.unshift(...(await this.#persist(group)))
  }

  /** Until it is done, or there is no point in trying again; says what is to be tried instead, in which groups. */
  async #persist(whole: Group): Promise<readonly Group[]> {
    for (let failures = 1; ; failures += 1) {
      const group = whole.filter(isThere)
      const failed = await this.#attempt(group)
      if (failed === undefined) return []
      if (!(await this.#persistence.again(failed.error, failures))) return afterFailure(group, failed.error)
    }
  }

  /** One transaction. */
  async #attempt(group: Group): Promise<{ readonly error: unknown } | undefined> {
    const [first] = group
    if (first === undefined) return undefined
    const { clock, operation } = this.#parts
    const limits = { operation: operation.name, most: this.#persistence.most }
    using until = new UntilAllAreGone(group, clock, limits)
    const principal = new BatchPrincipal(operation.name)
    const terms = { principal, startedAt: UNTIMED }
    const whole = new Call(first.call.scope.bulk as CallScope, terms, until.deadline)
    whole.together = group.map(({ call }) => call)
    try {
      const outcomes = (await this.#next(whole, group)) as readonly Outcome<unknown>[]
      for (const [index, one] of group.entries()) settle(one, whole, outcomes[index] as Outcome<unknown>)
      return undefined
    } catch (error) {
      return { error }
    } finally {
      whole.end()
    }
  }
}

/** While a group waits for others of its batch, a call in it may leave: nothing was done for it. */
function isThere(one: BatchedCall): boolean {
  if (one.reason !== undefined) one.reject(one.reason)
  return one.reason === undefined
}

function settle(one: BatchedCall, whole: Call, outcome: Outcome<unknown>): void {
  const { call } = one
  call.position = whole.position
  call.served(whole.source)
  call.finished = true
  if (outcome.ok) one.resolve(outcome.value)
  else one.reject(outcome.error)
}

function afterFailure(group: Group, error: unknown): readonly Group[] {
  if (error instanceof AtFault) {
    for (const [one, reason] of error.reasons) one.reject(reason)
    return [group.filter((one) => !error.reasons.has(one))]
  }
  if (group.length > 1 && mayBeOfOne(error)) {
    const middle = group.length >> 1
    return [group.slice(0, middle), group.slice(middle)]
  }
  const isOver = isFulcrumError(error, 'FUL-3001') || isFulcrumError(error, 'FUL-2010')
  for (const one of group) one.reject(isOver ? (one.reason ?? error) : error)
  return []
}
