import type { Clock } from '../kernel/clock.ts'
import { Deadline } from '../kernel/deadline.ts'
import type { Random } from '../kernel/random.ts'
import { Rest } from './rest.ts'

const EVERY_MS = 60_000
const BATCH_MS = 10_000

export interface SweeperParts {
  /** For people: what is not deleted when it fails. */
  readonly what: string
  /** Deletes one batch. Resolves with whether there may be more. */
  readonly batch: (deadline: Deadline) => Promise<boolean>
  readonly clock: Clock
  readonly random: Random
  readonly log: (line: string) => void
}

/**
 * Deletes what is not needed any more, in batches that lock nothing for long: about once a minute on every instance, at different times, and batch after
 * batch while there is more. Nothing depends on it but the size of a table.
 *
 * made → running (resting, or deleting) → stopped.
 */
export class Sweeper {
  readonly #parts: SweeperParts
  readonly #rest: Rest
  #isStopping = false
  #running: Promise<void> | undefined

  constructor(parts: SweeperParts) {
    this.#parts = parts
    this.#rest = new Rest(parts.clock)
  }

  start(): void {
    this.#running ??= this.#run()
  }

  /** Resolves when the batch in progress is over; begins no other one. */
  async stop(): Promise<void> {
    this.#isStopping = true
    this.#rest.wake()
    await this.#running
  }

  async #run(): Promise<void> {
    while (!this.#isStopping) {
      await this.#rest.sleep(EVERY_MS * (0.5 + this.#parts.random.next()))
      await this.#sweep()
    }
  }

  async #sweep(): Promise<void> {
    const { batch, clock, what, log } = this.#parts
    try {
      for (let hasMore = true; hasMore && !this.#isStopping;) {
        using deadline = Deadline.after(clock, BATCH_MS)
        hasMore = await batch(deadline)
      }
    } catch (error) {
      log(`${what} were not deleted: ${String(error)}`)
    }
  }
}
