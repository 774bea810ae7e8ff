import type { Clock } from '../../kernel/clock.ts'
import type { Random } from '../../kernel/random.ts'
import { Sampling } from '../sampling.ts'
import { type FrequentItem, FrequentItems } from './frequent-items.ts'

/** A key of a cached query that many of its look-ups are for. */
export interface HotKey {
  /** The query. */
  readonly operation: string
  /** What its answer is cached under: the input, preceded by whose it is where the contract's scope is not `'public'`. */
  readonly key: string
  /** Its part of the query's look-ups, 0 to 1; not overstated. */
  readonly share: number
  /** Look-ups per second on this instance. */
  readonly perSecond: number
}

/** One look-up in so many is counted, on average. */
const STRIDE = 64
/** Keys that are counted at a time. */
const COUNTERS = 64
/** What counts is the latest span of this length that is over. */
export const WINDOW_MS = 10_000
/** Keys with a smaller part than this are not hot. */
const HOT_SHARE = 0.02
/** Fewer samples than this show nothing. They are what about 50 look-ups per second leave. */
const LEAST_SAMPLES = 8

/**
 * Which keys of one query are asked for most. Samples look-ups, so that those that are not counted cost a decrement.
 *
 * What it says is of the last span of ten seconds that is over, and so at most twenty seconds old; it begins a new one when it is asked or told after
 * the end of the present one.
 */
export class KeyTraffic {
  readonly operation: string
  readonly #clock: Clock
  readonly #sampling: Sampling
  #since: number
  #counted = new FrequentItems(COUNTERS)
  #last = new FrequentItems(COUNTERS)

  constructor(operation: string, { clock, random }: { readonly clock: Clock; readonly random: Random }) {
    this.operation = operation
    this.#clock = clock
    this.#sampling = new Sampling(1 / STRIDE, random)
    this.#since = clock.now()
  }

  /** A key was looked up. */
  note(key: string): void {
    if (this.#sampling.isDue()) this.#count(key)
  }

  /** Hottest first. */
  get hot(): readonly HotKey[] {
    this.#turn()
    const { items, total } = this.#last
    return items.filter((item) => isHot(item, total)).map((item) => this.#hotKey(item, total))
  }

  #count(key: string): void {
    this.#turn()
    this.#counted.count(key)
  }

  #turn(): void {
    const passed = this.#clock.now() - this.#since
    if (passed < WINDOW_MS) return
    this.#last = passed < 2 * WINDOW_MS ? this.#counted : new FrequentItems(COUNTERS)
    this.#counted = new FrequentItems(COUNTERS)
    this.#since += passed - (passed % WINDOW_MS)
  }

  #hotKey({ item, atLeast }: FrequentItem, total: number): HotKey {
    return {
      operation: this.operation,
      key: item,
      share: atLeast / total,
      perSecond: (atLeast * STRIDE) / (WINDOW_MS / 1_000),
    }
  }
}

function isHot({ atLeast }: FrequentItem, total: number): boolean {
  return atLeast >= LEAST_SAMPLES && atLeast / total >= HOT_SHARE
}
