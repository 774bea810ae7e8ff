import type { Clock } from '../../kernel/clock.ts'

/** How often what is busy is looked at: how late a caller may learn that its deadline is over. */
const SWEEP_MS = 2

/** Something in which calls may be waiting. */
export interface Watched {
  /** Whether anybody waits. */
  readonly isBusy: boolean
  /** Tells those whose deadline is over. */
  sweep(): void
}

/**
 * Looks after all that waits with one alarm, instead of one timer per statement: asleep → awake as soon as anything is busy → asleep when
 * nothing is.
 */
export class Watchdog {
  readonly #clock: Clock
  readonly #busy = new Set<Watched>()
  #isAwake = false

  constructor(clock: Clock) {
    this.#clock = clock
  }

  watch(watched: Watched): void {
    this.#busy.add(watched)
    if (!this.#isAwake) this.#rest()
  }

  #rest(): void {
    this.#isAwake = true
    this.#clock.alarm(this.#clock.coarse() + SWEEP_MS, this.#round)
  }

  readonly #round = (): void => {
    for (const watched of this.#busy) {
      if (watched.isBusy) watched.sweep()
      else this.#busy.delete(watched)
    }
    this.#isAwake = false
    if (this.#busy.size > 0) this.#rest()
  }
}
