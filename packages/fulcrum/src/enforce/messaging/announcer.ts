import type { Clock, Timer } from '../../kernel/clock.ts'

const TICK_MS = 5

/**
 * Tells other instances that there are events, at most once in 5 ms: at once where it has been quiet, and for all that follows at the end of those.
 *
 * quiet → (told) → waiting, and perhaps with more to tell → quiet, or told again and waiting. Nothing is owed when it is stopped: others look for themselves.
 */
export class Announcer {
  readonly #clock: Clock
  readonly #send: () => void
  #waiting: Timer | undefined
  #hasMore = false

  constructor(clock: Clock, send: () => void) {
    this.#clock = clock
    this.#send = send
  }

  /** There are events. */
  announce(): void {
    if (this.#waiting === undefined) this.#tell()
    else this.#hasMore = true
  }

  stop(): void {
    this.#waiting?.cancel()
    this.#waiting = undefined
  }

  #tell(): void {
    this.#hasMore = false
    this.#waiting = this.#clock.timer(TICK_MS, this.#tick, { ref: false })
    this.#send()
  }

  readonly #tick = (): void => {
    this.#waiting = undefined
    if (this.#hasMore) this.#tell()
  }
}
