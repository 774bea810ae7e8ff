import type { Clock, Timer } from '../../kernel/clock.ts'
import type { StepLog } from '../../ports/step-log.ts'

/** An instance that is not heard of for so long has lost its runs. */
export const LEASE_MS = 10_000
/** It stops by itself before that: clocks run at about the same speed. */
const STOP_MS = 8_000
/** What is younger will do. */
const FRESH_MS = 4_000

/**
 * That an instance is alive, as the others see it: a row with a time, which the database sets. unknown → alive (until `STOP_MS` after the last sign was sent) → unknown, and
 * then everything that this instance has is lost.
 */
export class Lease {
  readonly instance: string
  readonly #log: StepLog
  readonly #clock: Clock
  readonly #onEnd: () => void
  #sentAt = -Infinity
  #end: Timer | undefined = undefined
  #beating: Promise<void> | undefined = undefined

  constructor(instance: string, { log, clock, onEnd }: { log: StepLog; clock: Clock; onEnd: () => void }) {
    this.instance = instance
    this.#log = log
    this.#clock = clock
    this.#onEnd = onEnd
  }

  /** Resolves when the others know for some time to come. */
  async ensure(): Promise<void> {
    if (this.#clock.now() - this.#sentAt < FRESH_MS) return
    await this.beat()
  }

  beat(): Promise<void> {
    this.#beating ??= this.#beat().finally(() => (this.#beating = undefined))
    return this.#beating
  }

  /** A statement that was sent then has said so. */
  renewed(sentAt: number): void {
    if (sentAt <= this.#sentAt) return
    this.#sentAt = sentAt
    this.#end?.cancel()
    const left = sentAt + STOP_MS - this.#clock.now()
    this.#end = this.#clock.timer(Math.max(0, left), this.#onEnd, { ref: false })
  }

  stop(): void {
    this.#end?.cancel()
  }

  async #beat(): Promise<void> {
    const sentAt = this.#clock.now()
    await this.#log.beat(this.instance, LEASE_MS)
    this.renewed(sentAt)
  }
}
