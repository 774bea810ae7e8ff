import type { Outcome } from '../../declare/outcome.ts'
import { isFulcrumError } from '../../kernel/errors/fulcrum-error.ts'
import { Call } from '../runtime/call.ts'
import type { CallScope } from '../runtime/call-scope.ts'
import { UNTIMED } from '../runtime/call-timer.ts'
import type { Run, StageParts } from '../runtime/stage.ts'
import { AtFault } from './batch-form.ts'
import { BatchPrincipal } from './batch-principal.ts'
import type { BatchedCall } from './batched-call.ts'
import { UntilAllAreGone } from './until-all-are-gone.ts'

type Group = readonly BatchedCall[]

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

  constructor(next: Run, parts: Pick<StageParts, 'clock' | 'operation'>) {
    this.#next = next
    this.#parts = parts
  }

  async carryOut(batch: Group): Promise<void> {
    const groups: Group[] = [batch]
    for (let group = groups.shift(); group !== undefined; group = groups.shift())
      groups.unshift(...(await this.#attempt(group.filter(isThere))))
  }

  /** Says what is to be tried again, in which groups. */
  async #attempt(group: Group): Promise<readonly Group[]> {
    const [first] = group
    if (first === undefined) return []
    const { clock, operation } = this.#parts
    using until = new UntilAllAreGone(group, clock, operation.name)
    const principal = new BatchPrincipal(operation.name)
    const terms = { principal, startedAt: UNTIMED }
    const whole = new Call(first.call.scope.bulk as CallScope, terms, until.deadline)
    whole.together = group.map(({ call }) => call)
    try {
      const outcomes = (await this.#next(whole, group)) as readonly Outcome<unknown>[]
      for (const [index, one] of group.entries()) settle(one, whole, outcomes[index] as Outcome<unknown>)
      return []
    } catch (error) {
      return afterFailure(group, error)
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

/** A statement that the server refused, an input that the form made up for another operation, the data of an event. */
const OF_ONE: readonly string[] = ['FUL-4004', 'FUL-3014', 'FUL-3030']

/** What the server has against a statement, what the form throws, and those of Fulcrum's own errors that are about one input. */
function mayBeOfOne(error: unknown): boolean {
  return !isFulcrumError(error) || OF_ONE.includes(error.code)
}
