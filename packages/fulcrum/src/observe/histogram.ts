/** Below this many microseconds every value has a bucket of its own; above, each power of two has half as many. */
const LINEAR = 128
const PER_OCTAVE = LINEAR / 2
const LINEAR_BITS = 7
/** 2^31 µs are about 36 minutes; slower is counted as that. */
const LARGEST = 2 ** 31 - 1
const BUCKETS = LINEAR + (31 - LINEAR_BITS) * PER_OCTAVE

/**
 * Latencies in log-linear buckets (as in HdrHistogram): a bucket is at most 1/64 of its value wide, so a quantile is off by less than 1 % when it
 * is taken from the middle of its bucket. Recording is one array increment.
 */
export class Histogram {
  readonly #counts: Uint32Array = new Uint32Array(BUCKETS)
  #count = 0
  #sum = 0
  #latest = 0
  #latestBucket = 0

  /** Records a duration in milliseconds. */
  record(ms: number): void {
    this.#latest = ms
    this.#latestBucket = bucketOf(ms * 1000)
    this.repeat()
  }

  /**
   * Records one more that nobody timed: as long as the latest that was. A timed one so stands for itself and for those that follow it up to
   * the next, which leaves quantiles unbiased and the count exact. Before the first timed one: 0.
   */
  repeat(): void {
    this.#counts[this.#latestBucket] = (this.#counts[this.#latestBucket] as number) + 1
    this.#count += 1
    this.#sum += this.#latest
  }

  get count(): number {
    return this.#count
  }

  /** The sum of what was recorded, in milliseconds. */
  get sum(): number {
    return this.#sum
  }

  /** How many of the recorded durations are at most `ms`, to the resolution of a bucket. */
  atMost(ms: number): number {
    const last = bucketOf(ms * 1000)
    let total = 0
    for (let index = 0; index <= last; index += 1) total += this.#counts[index] as number
    return total
  }

  /** The duration in milliseconds below which a share `q` (0 to 1) lies; `undefined` when nothing was recorded. */
  quantile(q: number): number | undefined {
    if (this.#count === 0) return undefined
    const rank = Math.max(1, Math.ceil(q * this.#count))
    let total = 0
    let index = -1
    while (total < rank) total += this.#counts[++index] as number
    return middleOf(index) / 1000
  }
}

function bucketOf(micros: number): number {
  const value = micros >= LARGEST ? LARGEST : micros > 0 ? Math.trunc(micros) : 0
  if (value < LINEAR) return value
  const shift = 32 - LINEAR_BITS - Math.clz32(value)
  return LINEAR + (shift - 1) * PER_OCTAVE + ((value >>> shift) - PER_OCTAVE)
}

function middleOf(index: number): number {
  if (index < LINEAR) return index + 0.5
  const shift = Math.floor((index - LINEAR) / PER_OCTAVE) + 1
  const low = (((index - LINEAR) % PER_OCTAVE) + PER_OCTAVE) * 2 ** shift
  return low + 2 ** (shift - 1)
}
