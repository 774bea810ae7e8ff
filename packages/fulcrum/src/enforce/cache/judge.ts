import type { SessionNeed } from '../../consistency/need.ts'
import { servable, servableAt } from '../../consistency/servable.ts'
import type { Token } from '../../consistency/token.ts'
import type { Demands, StalenessBounds } from '../../plan/plan.ts'
import type { Caches } from './caches.ts'
import { isElsewhere } from './elsewhere.ts'
import type { Entry } from './entry.ts'

/** What a session has to see: its token, or that it has none. */
export interface Asker {
  readonly token: Token | undefined
}

/**
 * Whether entries of one operation may be served: the only place where that is decided.
 *
 * Two questions, and both have to be answered with yes: does it hold what the asker's session has to see, and is it young enough? The first has no
 * exception. The second has the one that the contract states (`onPartition: 'serve-stale'`), and an answer that makes use of it says so.
 */
export class Judge {
  readonly #caches: Caches
  readonly #level: SessionNeed
  readonly #bounds: StalenessBounds
  /** Ages are compared with a bound, so the time has to be exact; expiry may be a tick late. */
  readonly #isExact: boolean

  constructor(caches: Caches, { level, bounds }: Demands) {
    this.#caches = caches
    this.#level = level
    this.#bounds = bounds
    this.#isExact = bounds.staleness < Infinity
  }

  /** The present, as exact as the bounds demand. */
  now(): number {
    return this.#isExact ? this.#caches.clock.now() : this.#caches.clock.coarse()
  }

  /** Whether it may be served to this asker without anybody being sent to read it anew. */
  isFresh(entry: Entry, asker: Asker, now: number): boolean {
    return now < entry.refreshAt && this.isForSession(entry, asker) && this.isWithinBound(entry, now)
  }

  /** Whether it may be served to this asker as it is. */
  isGood(entry: Entry, asker: Asker, now: number): boolean {
    return now < entry.expiresAt && this.isForSession(entry, asker) && this.isWithinBound(entry, now)
  }

  /** Whether an entry holds what its asker's session has to see. A session of unknown history may have to see anything. */
  isForSession(entry: Entry, { token }: Asker): boolean {
    if (this.#level === 'none') return true
    const { label, tags } = entry
    if (label === undefined) return false
    if (isElsewhere(label)) return true
    if (token === undefined || isOfAnother(token, label.epoch)) return false
    const reader = { token, level: this.#level, tags }
    if (servable(label, reader)) return true
    // It was not invalidated, and everything up to a position that covers the need has been told.
    const { watermark } = isSpokenFor(entry) ? this.#caches : NO_WATERMARK
    return watermark !== undefined && servableAt(watermark.lsn, label, reader)
  }

  isWithinBound(entry: Entry, now: number): boolean {
    return !this.#isExact || now - this.#asOf(entry, now) <= this.#bounds.staleness
  }

  /** Whether it may stand in while the origin fails, although it is past the bound. */
  isWithinPartitionBound(entry: Entry, now: number): boolean {
    const { staleness, inPartition } = this.#bounds
    return inPartition > staleness && now - this.#asOf(entry, now) <= inPartition
  }

  /** Milliseconds past the bound; 0 within. */
  staleBy(entry: Entry, now: number): number {
    return this.#isExact ? Math.max(0, now - this.#asOf(entry, now) - this.#bounds.staleness) : 0
  }

  /** The last moment as of which an entry is held to be complete; `-Infinity`: not known. */
  completeAsOf(entry: Entry): number {
    const { label } = entry
    if (label === undefined) return entry.asOf
    const followed = isSpokenFor(entry) ? (this.#caches.watermark?.asOf ?? -Infinity) : -Infinity
    entry.asOf = Math.max(entry.asOf, followed, this.#known(label))
    return entry.asOf
  }

  /** For how long it stays within its bound and its time. */
  freshFor(entry: Entry, now: number): number {
    const bounded = this.#isExact ? entry.asOf + this.#bounds.staleness : Infinity
    return Math.max(0, Math.min(entry.expiresAt, bounded) - now)
  }

  /** What is known may have grown since the entry was last looked at: asks only when that matters. */
  #asOf(entry: Entry, now: number): number {
    return now - entry.asOf <= this.#bounds.staleness ? entry.asOf : this.completeAsOf(entry)
  }

  #known(label: NonNullable<Entry['label']>): number {
    const { freshness, epoch } = this.#caches
    return freshness === undefined || label.epoch !== epoch ? -Infinity : freshness.asOf(label)
  }
}

const NO_WATERMARK = Object.freeze({ watermark: undefined })

/** Positions of different epochs cannot be compared. A token without one demands nothing. */
function isOfAnother({ epoch }: Token, present: string): boolean {
  return epoch !== undefined && epoch !== present
}

/** An entry that is not held any more may have been dropped because of a change. */
function isSpokenFor({ isFollowed, isHeld }: Entry): boolean {
  return isFollowed && isHeld
}
