import type { Clock } from '../../kernel/clock.ts'

/** So many failures in a row, and no success in between. */
const MOST_IN_A_ROW = 3
/** Or so many within the window, if they are at least half of all. */
const MANY = 10
const WINDOW_MS = 1_000

/**
 * Whether a server is worth asking: what a circuit breaker counts. A server that hangs fails everything in a row; one that is slow fails much, and
 * a success now and then must not hide it.
 *
 * A window is open from its first failure on. The next failure after its end opens another one, so a success costs an addition and no look at the
 * clock.
 */
export class Verdict {
  readonly #clock: Clock
  #inARow = 0
  #failed = 0
  #succeeded = 0
  #since = -Infinity

  constructor(clock: Clock) {
    this.#clock = clock
  }

  succeeded(): void {
    this.#inARow = 0
    this.#succeeded += 1
  }

  /** `true`: enough is enough. */
  failed(): boolean {
    const now = this.#clock.coarse()
    if (now - this.#since > WINDOW_MS) this.#open(now)
    this.#inARow += 1
    this.#failed += 1
    if (this.#inARow >= MOST_IN_A_ROW) return true
    return this.#failed >= MANY && this.#failed >= this.#succeeded
  }

  /** There is a new connection, which is judged by its own deeds. */
  reset(): void {
    this.#inARow = 0
    this.#since = -Infinity
  }

  #open(now: number): void {
    this.#failed = 0
    this.#succeeded = 0
    this.#since = now
  }
}
