import type { Clock, Timer } from '../../../kernel/clock.ts'

/** How long one use keeps it brisk. */
const BRISK_MS = 1_000
/** Between two rounds while nobody needs them. */
const REST_MS = 1_000

export interface PollingParts {
  readonly clock: Clock
  /** Milliseconds between two rounds while somebody needs them. */
  readonly every: number
  /** One round. Must not reject. */
  readonly round: () => Promise<void>
}

/**
 * Repeats something: often while it is in use, once a second otherwise.
 *
 * stopped → waiting ⇄ in a round → stopped. A use while it waits at rest brings the next round forward.
 */
export class Polling {
  readonly #parts: PollingParts
  #timer: Timer | undefined
  #isRunning = false
  #isResting = false
  #usedAt = -Infinity
  #beganAt = -Infinity

  constructor(parts: PollingParts) {
    this.#parts = parts
  }

  start(): void {
    this.#isRunning = true
    this.#wait(0)
  }

  touch(): void {
    const now = this.#parts.clock.coarse()
    this.#usedAt = now
    if (!this.#isResting) return
    this.#isResting = false
    this.#timer?.cancel()
    this.#wait(Math.max(0, this.#beganAt + this.#parts.every - now))
  }

  stop(): void {
    this.#isRunning = false
    this.#isResting = false
    this.#timer?.cancel()
  }

  /** Somebody has used it a moment ago. */
  get isBrisk(): boolean {
    return this.#parts.clock.coarse() - this.#usedAt <= BRISK_MS
  }

  #wait(ms: number): void {
    this.#timer = this.#parts.clock.timer(ms, () => void this.#round(), { ref: false })
  }

  async #round(): Promise<void> {
    const { clock, every, round } = this.#parts
    this.#isResting = false
    this.#beganAt = clock.coarse()
    await round()
    if (!this.#isRunning) return
    const elapsed = clock.coarse() - this.#beganAt
    const { isBrisk } = this
    this.#isResting = !isBrisk
    this.#wait(isBrisk ? Math.max(0, every - elapsed) : REST_MS)
  }
}
