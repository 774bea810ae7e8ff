import type { Clock } from '../../kernel/clock.ts'

/** A measurement is used no longer than this while there is use. */
const GOOD_FOR_MS = 1_000
/** Two clocks drift apart by less than a thousandth: NTP slews by a two-thousandth at the most. */
const DRIFT = 0.001

/**
 * The server's clock, as far as it can be known from here. Asked at some time and answered at some other, it showed its time in between (Cristian,
 * "Probabilistic clock synchronization", 1989). Entries carry their expiry on this clock, so what is left of one can be told without a `PTTL`, and no
 * instance has to trust another one's clock.
 *
 * Only the upper bound is kept: what is left of an entry must not be overstated. It is measured anew, ahead of the operation that finds it due, so
 * the answer to that operation is judged by the new one; a step of the server's clock counts for a second at the most.
 */
export class ServerClock {
  readonly #clock: Clock
  /** The server's time is at most our monotonic time and this. */
  #ahead = Infinity
  #measuredAt = -Infinity
  #askedAt = -Infinity

  constructor(clock: Clock) {
    this.#clock = clock
  }

  get isDue(): boolean {
    return this.#clock.coarse() - this.#askedAt > GOOD_FOR_MS
  }

  /** Is about to be asked; returns when, for `answered`. */
  asked(): number {
    this.#askedAt = this.#clock.coarse()
    return this.#clock.now()
  }

  /** It showed `time`, in milliseconds, at some moment after `sentAt`. */
  answered(time: number, sentAt: number): void {
    const now = this.#clock.now()
    const least = time - now
    const most = time - sentAt + (now - sentAt) * DRIFT
    const known = this.#ahead + (now - this.#measuredAt) * DRIFT
    // What was known before may be tighter, unless the clock was set back or forward since.
    this.#ahead = known >= least && known < most ? known : most
    this.#measuredAt = now
  }

  /** What it shows now, at the most. */
  get atMost(): number {
    const now = this.#clock.now()
    return now + this.#ahead + (now - this.#measuredAt) * DRIFT
  }
}
