import { Deadline } from '../../kernel/deadline.ts'
import { fulcrumError } from '../../kernel/errors/fulcrum-error.ts'
import type { Entry } from './entry.ts'

/**
 * One reading of one key from its origin, for all who ask for it meanwhile.
 *
 * flying → landed or failed. It ends early only when nobody waits any more: each call has a deadline of its own, and one that gives up does not
 * take the others' answer away. A flight that refreshes in the background waits for nobody.
 */
export class Flight {
  readonly promise: Promise<Entry>
  readonly deadline: Deadline
  readonly #operation: string
  #waiters = 0
  #isBackground = false

  constructor(operation: string, deadline: Deadline, promise: Promise<Entry>) {
    this.#operation = operation
    this.deadline = deadline
    this.promise = promise
  }

  join(): void {
    this.#waiters += 1
  }

  leave(): void {
    this.#waiters -= 1
    if (this.#waiters > 0 || this.#isBackground || this.deadline === Deadline.none) return
    this.deadline.end(fulcrumError('FUL-2010', {}, { operation: this.#operation }))
  }

  /** It is carried through, whether or not somebody waits. */
  keepOn(): void {
    this.#isBackground = true
  }
}
