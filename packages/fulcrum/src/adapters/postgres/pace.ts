/** A statement that takes longer than this does not belong on a connection that others wait behind. */
export const SHARED_BUDGET_MS = 10

/** Weight of the newest observation. */
const WEIGHT = 1 / 8
/** One observation counts at most this much: a pause of this process looks like a slow statement. */
const MOST_MS = 4 * SHARED_BUDGET_MS
/** So many statements in a row below half the budget bring an operation back. */
const CALM = 32

/**
 * How long the statements of one operation take, and what follows from it, whatever the contract expects.
 *
 * shared → alone, when the moving average exceeds the budget or a statement is caught exceeding it → shared, after 32 statements in a row that
 * took less than half of it.
 */
export class Pace {
  #average = 0
  #calm = 0
  #isAlone = false

  /** Whether the operation's statements have to run on connections of their own. */
  get isAlone(): boolean {
    return this.#isAlone
  }

  /** Exponentially weighted moving average, in milliseconds. */
  get average(): number {
    return this.#average
  }

  /** A statement took `ms` milliseconds of the server's time. */
  observe(ms: number): void {
    this.#average += (Math.min(ms, MOST_MS) - this.#average) * WEIGHT
    if (this.#isAlone) this.#considerReturn(ms)
    else if (this.#average > SHARED_BUDGET_MS) this.leave()
  }

  /** A statement is over its budget, still running, and others wait behind it. */
  leave(): void {
    this.#isAlone = true
    this.#calm = 0
  }

  #considerReturn(ms: number): void {
    this.#calm = ms < SHARED_BUDGET_MS / 2 ? this.#calm + 1 : 0
    if (this.#calm < CALM) return
    this.#isAlone = false
    this.#average = Math.min(this.#average, SHARED_BUDGET_MS / 2)
  }
}

/** The paces of all operations, made when they are first needed. */
export class Paces {
  readonly #byOperation = new Map<string, Pace>()

  of(operation: string): Pace {
    const known = this.#byOperation.get(operation)
    if (known !== undefined) return known
    const pace = new Pace()
    this.#byOperation.set(operation, pace)
    return pace
  }
}
