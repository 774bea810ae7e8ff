import type { Clock } from '../../kernel/clock.ts'

/** So many calls of one operation in one millisecond are all timed. */
const QUIET = 8
/** Beyond them, one call in so many. A prime: calls that come in batches of 8, 10 or 64 do not always have the same member timed. */
const STRIDE = 7

/** When a call began, or how long it took, where nobody looked. */
export const UNTIMED: number = Number.NaN

/**
 * Decides which calls of one operation are timed, since two reads of the clock cost about as much as the rest of a plain call.
 *
 * `quiet` (every call is timed) → `busy` (every seventh) with the ninth call within one tick of the coarse clock → `quiet` once a tick has
 * brought fewer than nine per millisecond. So the price of timing an operation is bounded: 16 reads per millisecond, then two per seven calls.
 *
 * What a busy operation loses is detail, not truth: which calls are timed depends on their order alone, never on how long they take.
 */
export class CallTimer {
  readonly #clock: Clock
  #tick = 0
  #begun = 0
  #stride = 1
  #untimed = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** The time on the scale of `Clock.now()` when a call is to be timed, `UNTIMED` when it is not. */
  begin(): number {
    const tick = this.#clock.coarse()
    if (tick !== this.#tick) this.#turn(tick)
    this.#begun += 1
    if (this.#begun > QUIET) this.#stride = STRIDE
    this.#untimed += 1
    if (this.#untimed < this.#stride) return UNTIMED
    this.#untimed = 0
    return this.#clock.now()
  }

  /** Milliseconds since `begin`; `UNTIMED` where that was. */
  since(begun: number): number {
    return Number.isNaN(begun) ? UNTIMED : this.#clock.now() - begun
  }

  /** Ticks of the machine's clock are longer than a millisecond while the event loop is held up, or rests. */
  #turn(tick: number): void {
    const allowed = QUIET * Math.max(1, tick - this.#tick)
    this.#stride = this.#begun > allowed ? STRIDE : 1
    this.#tick = tick
    this.#begun = 0
  }
}
