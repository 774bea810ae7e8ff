import type { Lsn } from '../../../consistency/label.ts'
import type { Watermark } from '../../../consistency/watermark.ts'

/** Enough for as long as the stream can be behind before it is cut; then every second one is dropped. */
const CAPACITY = 1_024

/** A position of the primary, and when it was asked for. */
interface Asked {
  readonly askedAt: number
  readonly lsn: Lsn
}

/**
 * Finds out up to where everything has been told.
 *
 * A position that the primary has reached becomes the watermark when the stream has told of everything up to it. The position comes first and
 * the drain after it; the other way round, a commit in between would be claimed but not told. The watermark is as of when the position was asked
 * for: whatever was acknowledged before then has its commit record, and that is flushed, at or before the position.
 */
export class Watermarks {
  #asked: Asked[] = []
  #told: Lsn = 0

  /** Everything committed at or before this has been told. */
  get told(): Lsn {
    return this.#told
  }

  /** Some asked position is still to be reached. */
  get isBehind(): boolean {
    return this.#asked.length > 0
  }

  /** When the oldest of them was asked for. */
  get waitsSince(): number | undefined {
    return this.#asked[0]?.askedAt
  }

  /** The primary answered `lsn`, as far as its log is flushed, to a question sent at `askedAt`. */
  reached(askedAt: number, lsn: Lsn): Watermark | undefined {
    const last = this.#asked.at(-1)
    if (last !== undefined && (lsn < last.lsn || askedAt < last.askedAt)) return undefined
    if (this.#asked.length >= CAPACITY) this.#asked = this.#asked.filter((_, index) => index % 2 === 0)
    this.#asked.push({ askedAt, lsn })
    return this.#advance()
  }

  /** The stream has told of everything up to `lsn`. */
  toldUpTo(lsn: Lsn): Watermark | undefined {
    if (lsn <= this.#told) return undefined
    this.#told = lsn
    return this.#advance()
  }

  #advance(): Watermark | undefined {
    let count = 0
    while ((this.#asked[count]?.lsn ?? Infinity) <= this.#told) count++
    const newest = this.#asked[count - 1]
    if (newest === undefined) return undefined
    this.#asked.splice(0, count)
    return { lsn: newest.lsn, asOf: newest.askedAt }
  }
}
