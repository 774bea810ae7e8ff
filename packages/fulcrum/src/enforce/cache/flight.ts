import type { Deadline } from '../../kernel/deadline.ts'
import { fulcrumError } from '../../kernel/errors/fulcrum-error.ts'
import type { Entry } from './entry.ts'

export interface FlightParts {
  readonly operation: string
  readonly deadline: Deadline
  /** Reads, and says what served. */
  readonly read: () => Promise<Landed>
  /** It is over, or given up: whoever comes now needs another one. */
  readonly leaves: () => void
}

/** What a flight brings. */
export interface Landed {
  readonly entry: Entry
  /** Index into `SOURCES`. */
  readonly source: number
}

/**
 * One reading of one key, for all who ask for it meanwhile.
 *
 * flying → landed or failed; or given up when nobody waits any more: each call has a deadline of its own, and one that gives up does not take the
 * others' answer away. A flight that refreshes in the background is carried through, whether or not somebody waits.
 */
export class Flight {
  readonly promise: Promise<Landed>
  readonly #parts: FlightParts
  #waiters = 0
  #isKept = false
  #isFlying = true
  #isGivenUp = false

  constructor(parts: FlightParts) {
    this.#parts = parts
    this.promise = this.#fly()
    // Those who wait are told; a flight that nobody waits for may fail in silence.
    this.promise.catch(() => {})
  }

  /** It came to its end before its answer: its budget is spent, or nobody waited any more. Not for those who still have time. */
  get hasRunOut(): boolean {
    return this.#isGivenUp || this.#parts.deadline.expired()
  }

  join(): void {
    this.#waiters += 1
  }

  leave(): void {
    this.#waiters -= 1
    if (this.#waiters > 0 || this.#isKept || !this.#isFlying) return
    const { operation, deadline } = this.#parts
    this.#isGivenUp = true
    this.#over()
    deadline.end(fulcrumError('FUL-2010', {}, { operation }))
  }

  /** It is carried through, whether or not somebody waits. */
  keepOn(): void {
    this.#isKept = true
  }

  async #fly(): Promise<Landed> {
    try {
      return await this.#parts.read()
    } finally {
      if (this.#isFlying) this.#over()
    }
  }

  #over(): void {
    this.#isFlying = false
    this.#parts.leaves()
  }
}
