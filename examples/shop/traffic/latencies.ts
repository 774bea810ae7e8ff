const FIRST_MS = 0.01
const GROWTH = 1.05

/** Times in buckets that each are 5 % wider than the one before, so that a percentile is off by 5 % at most and any number of times fits. */
export class Latencies {
  readonly #buckets: number[] = []
  count = 0

  record(ms: number): void {
    const bucket = Math.max(0, Math.ceil(Math.log(ms / FIRST_MS) / Math.log(GROWTH)))
    this.#buckets[bucket] = (this.#buckets[bucket] ?? 0) + 1
    this.count += 1
  }

  /** The time in ms that `percent` of all stay under; 0 without any. */
  percentile(percent: number): number {
    let left = Math.ceil((this.count * percent) / 100)
    for (const [bucket, count = 0] of this.#buckets.entries()) {
      left -= count
      if (left <= 0 && count > 0) return FIRST_MS * GROWTH ** bucket
    }
    return 0
  }
}
