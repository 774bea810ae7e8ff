import type { Clock } from '../../kernel/clock.ts'
import type { Reply } from './client.ts'

/** Clocks drift by some milliseconds per minute at the most. */
const GOOD_FOR_MS = 10_000

/**
 * The server's clock, as far as it can be known from here: asked at some time and answered at some other, it showed its time in between. Entries
 * carry their expiry on this clock, so the remaining time of what another instance has filled can be told without asking for it, and no instance
 * has to trust another one's clock.
 */
export class ServerClock {
  readonly #clock: Clock
  #earliest = Infinity
  #latest = -Infinity
  #measuredAt = -Infinity

  constructor(clock: Clock) {
    this.#clock = clock
  }

  get isDue(): boolean {
    return this.#clock.coarse() - this.#measuredAt > GOOD_FOR_MS
  }

  /** Asks `TIME`. */
  async measure(ask: () => Promise<Reply>): Promise<void> {
    const sentAt = this.#clock.now()
    this.#measuredAt = sentAt
    const reply = await ask()
    const receivedAt = this.#clock.now()
    if (!Array.isArray(reply)) return
    const [seconds, micros] = reply as readonly Reply[]
    const time = Number(String(seconds)) * 1_000 + Number(String(micros)) / 1_000
    this.#earliest = time - receivedAt
    this.#latest = time - sentAt
  }

  /** What the server's clock shows now, at the least: for setting an expiry that is not too late. */
  get atLeast(): number {
    return this.#clock.now() + this.#earliest
  }

  /** At the most: for telling what is left of one. */
  get atMost(): number {
    return this.#clock.now() + this.#latest
  }
}
