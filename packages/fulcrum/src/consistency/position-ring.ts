import { contains, type Lsn, type ReadLabel } from './label.ts'

/** Enough for about half a minute at one position every 25 ms, and for hours once the older half is thinned out. */
const CAPACITY = 1_024

/**
 * Where the primary was, and when this instance asked: what measures the age of data without comparing clocks of two machines.
 *
 * A position that was asked for at some time is at or past every write acknowledged before that time. So data that contains the position is as
 * new as that moment. The time is that of asking, not that of the answer: in between other writes may have been acknowledged.
 *
 * When it is full, every second position of the older half is dropped: recent ages stay exact, older ones are overstated by a little.
 */
export class PositionRing {
  #times: number[] = []
  #positions: Lsn[] = []

  /** The primary answered `lsn` to a question sent at `sentAt`. Answers that come out of order add nothing. */
  add(sentAt: number, lsn: Lsn): void {
    const last = this.#times.length - 1
    if (last >= 0 && (sentAt <= (this.#times[last] as number) || lsn < (this.#positions[last] as number)))
      return
    if (last + 1 >= CAPACITY) this.#thin()
    this.#times.push(sentAt)
    this.#positions.push(lsn)
  }

  /** Forgets everything: positions of a new epoch cannot be compared with those of the old one. */
  clear(): void {
    this.#times = []
    this.#positions = []
  }

  /** The last moment as of which labelled data is known to be complete; `-Infinity` when nothing is known. */
  asOf(label: Pick<ReadLabel, 'source' | 'lo'>): number {
    let low = 0
    let high = this.#positions.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (contains(label, this.#positions[middle] as number)) low = middle + 1
      else high = middle
    }
    return low === 0 ? -Infinity : (this.#times[low - 1] as number)
  }

  #thin(): void {
    const half = CAPACITY / 2
    const keep = (_: number, index: number): boolean => index >= half || index % 2 === 0
    this.#times = this.#times.filter(keep)
    this.#positions = this.#positions.filter(keep)
  }
}
