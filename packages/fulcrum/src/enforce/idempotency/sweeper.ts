import type { Clock, Timer } from '../../kernel/clock.ts'
import { Deadline } from '../../kernel/deadline.ts'
import { silentObserver } from '../../kernel/observer.ts'
import type { Random } from '../../kernel/random.ts'
import type { IdempotencyLog } from '../../ports/idempotency-log.ts'
import type { Store } from '../../ports/store.ts'

const EVERY_MS = 60_000
const BATCH = 1_000
const BATCH_MS = 10_000

export interface SweeperParts {
  readonly store: Store
  readonly log: IdempotencyLog
  readonly clock: Clock
  readonly random: Random
  readonly report: (line: string) => void
}

/**
 * Deletes answers whose time is over, in batches that lock nothing for long: about once a minute on every instance, at different times, and batch after
 * batch while there is more. Nothing depends on it but the size of the table.
 */
export class AnswerSweeper {
  readonly #parts: SweeperParts
  readonly #facts = { operation: 'fulcrum.idempotency', probe: silentObserver.operation('', 'command') }
  #timer: Timer | undefined
  #sweeping: Promise<void> = Promise.resolve()
  #isClosed = false

  constructor(parts: SweeperParts) {
    this.#parts = parts
    this.#schedule()
  }

  async close(): Promise<void> {
    this.#isClosed = true
    this.#timer?.cancel()
    await this.#sweeping
  }

  #schedule(): void {
    const { clock, random } = this.#parts
    const pause = EVERY_MS * (0.5 + random.next())
    this.#timer = clock.timer(pause, () => {
      this.#sweeping = this.#sweep()
    })
  }

  async #sweep(): Promise<void> {
    try {
      while (!this.#isClosed && (await this.#batch()) === BATCH);
    } catch (error) {
      this.#parts.report(
        `answers of idempotent commands whose time is over were not deleted: ${String(error)}`,
      )
    }
    if (!this.#isClosed) this.#schedule()
  }

  async #batch(): Promise<number> {
    const { store, log, clock } = this.#parts
    using deadline = Deadline.after(clock, BATCH_MS)
    const settings = { isolation: 'read committed', durability: 'local' } as const
    const { value } = await store.transaction(settings, { ...this.#facts, deadline }, (tx) =>
      log.forgetExpired(tx, BATCH),
    )
    return value
  }
}
