import type { Clock } from '../../kernel/clock.ts'
import { Deadline } from '../../kernel/deadline.ts'
import type { Random } from '../../kernel/random.ts'
import type { Subscriptions } from '../../ports/subscriptions.ts'
import { ownFacts } from './own-facts.ts'
import { Rest } from './rest.ts'

const EVERY_MS = 60_000
const BATCH_MS = 10_000

export interface RetentionParts {
  readonly subscriptions: Pick<Subscriptions, 'prune'>
  /** Milliseconds. */
  readonly keep: number
  readonly clock: Clock
  readonly random: Random
  readonly log: (line: string) => void
}

/**
 * Deletes events that every subscriber is past, once they are old enough, in batches of at most 1,000: about once a minute on every instance, at
 * different times, and batch after batch while there is something to delete.
 */
export class Retention {
  readonly #parts: RetentionParts
  readonly #rest: Rest
  #isStopping = false
  #running: Promise<void> | undefined

  constructor(parts: RetentionParts) {
    this.#parts = parts
    this.#rest = new Rest(parts.clock)
  }

  start(): void {
    this.#running ??= this.#run()
  }

  async stop(): Promise<void> {
    this.#isStopping = true
    this.#rest.wake()
    await this.#running
  }

  async #run(): Promise<void> {
    while (!this.#isStopping) {
      await this.#rest.sleep(EVERY_MS * (0.5 + this.#parts.random.next()))
      await this.#prune()
    }
  }

  async #prune(): Promise<void> {
    const { subscriptions, clock, keep, log } = this.#parts
    try {
      for (let pruned = 1; pruned > 0 && !this.#isStopping;) {
        using deadline = Deadline.after(clock, BATCH_MS)
        pruned = await subscriptions.prune(ownFacts(deadline), keep)
      }
    } catch (error) {
      log(`events that everybody has had were not deleted: ${String(error)}`)
    }
  }
}
