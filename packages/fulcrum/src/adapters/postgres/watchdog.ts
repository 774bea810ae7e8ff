import type { Clock } from '../../kernel/clock.ts'
import type { Connection } from './connection.ts'

/** How often busy connections are looked at: how late a caller may learn that its deadline is over. */
const SWEEP_MS = 2

/** Looks at a busy connection, once per round. */
export type Inspection = (connection: Connection) => void

/**
 * Looks after everything in flight with one alarm for all of it, instead of one timer per statement: asleep → awake with the first statement →
 * asleep when nothing is in flight.
 */
export class Watchdog {
  readonly #clock: Clock
  readonly #busy = new Map<Connection, Inspection | undefined>()
  #isAwake = false

  constructor(clock: Clock) {
    this.#clock = clock
  }

  watch(connection: Connection, inspection?: Inspection): void {
    this.#busy.set(connection, inspection)
    if (!this.#isAwake) this.#rest()
  }

  #rest(): void {
    this.#isAwake = true
    this.#clock.alarm(this.#clock.coarse() + SWEEP_MS, this.#round)
  }

  readonly #round = (): void => {
    for (const [connection, inspection] of this.#busy) {
      if (connection.isLost || connection.load === 0) this.#busy.delete(connection)
      else {
        connection.sweep()
        inspection?.(connection)
      }
    }
    this.#isAwake = false
    if (this.#busy.size > 0) this.#rest()
  }
}
