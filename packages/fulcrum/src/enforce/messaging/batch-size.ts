/** A transaction of deliveries should not take much longer: it holds locks, and what waits for one of its events waits for all of them. */
const AIM_MS = 200
const FIRST = 16
const MOST = 500

/**
 * How many events are delivered in one transaction.
 *
 * As many as take about 200 ms, up to 500, found by growing from 16. After a failure the events in front of the one that failed are delivered by
 * themselves, and then that one alone, so that it is known to be the one and holds up nobody but itself. Where it is not known which one it was, half
 * as many are tried.
 */
export class BatchSize {
  #usual = FIRST
  #planned: number[] = []

  /** How many to deliver next. */
  get next(): number {
    return this.#planned[0] ?? this.#usual
  }

  succeeded(count: number, ms: number): void {
    if (this.#planned.shift() !== undefined || count < this.#usual) return
    const fitting = Math.floor((count * AIM_MS) / Math.max(1, ms))
    this.#usual = Math.max(1, Math.min(MOST, fitting, this.#usual * 2))
  }

  /** `index`: which one of the batch failed; `undefined`: that is not known. The batch had more than one. */
  failed(count: number, index: number | undefined): void {
    if (index === undefined) this.#planned = [Math.ceil(count / 2)]
    else this.#planned = index === 0 ? [1] : [index, 1]
  }
}
