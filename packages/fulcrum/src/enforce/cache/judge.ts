import { needOf, type SessionNeed } from '../../consistency/need.ts'
import { servable } from '../../consistency/servable.ts'
import type { Token } from '../../consistency/token.ts'
import type { StalenessBounds } from '../../plan/plan.ts'
import type { Caches } from './caches.ts'
import type { Entry } from './entry.ts'

/** What a session has to see: its token, or that it has none. */
export interface Asker {
  readonly token: Token | undefined
}

/** Whether entries of one operation may be served: the only place where that is decided. */
export class Judge {
  readonly #caches: Caches
  readonly #level: SessionNeed
  readonly #bounds: StalenessBounds
  /** Ages are compared with a bound, so the time has to be exact; expiry may be a tick late. */
  readonly #isExact: boolean

  constructor(caches: Caches, level: SessionNeed, bounds: StalenessBounds) {
    this.#caches = caches
    this.#level = level
    this.#bounds = bounds
    this.#isExact = bounds.staleness < Infinity
  }

  /** The present, as exact as the bounds demand. */
  now(): number {
    return this.#isExact ? this.#caches.clock.now() : this.#caches.clock.coarse()
  }

  /** Whether an entry holds what its asker's session has to see. A session of unknown history may have to see anything. */
  isForSession(entry: Entry, { token }: Asker): boolean {
    if (this.#level === 'none') return true
    if (token === undefined) return false
    const { label, tags } = entry
    // It was not read from the store, so no position says anything about it.
    if (label === undefined) return true
    return servable(label, { token, level: this.#level, tags }) || this.#isFollowedTo(entry, token)
  }

  isWithinBound(entry: Entry, now: number): boolean {
    return !this.#isExact || now - this.#asOf(entry, now) <= this.#bounds.staleness
  }

  /** Whether it may stand in while the origin fails. */
  isWithinPartitionBound(entry: Entry, now: number): boolean {
    return now - this.#asOf(entry, now) <= this.#bounds.inPartition
  }

  /** Milliseconds past the bound; 0 within. */
  staleBy(entry: Entry, now: number): number {
    return this.#isExact ? Math.max(0, now - this.#asOf(entry, now) - this.#bounds.staleness) : 0
  }

  /** For how long it stays within its bound and its time. */
  freshFor(entry: Entry, now: number): number {
    const bounded = this.#isExact ? entry.asOf + this.#bounds.staleness : Infinity
    return Math.max(0, Math.min(entry.expiresAt, bounded) - now)
  }

  /** What is known may have grown since the entry was last looked at: asks only when that matters. */
  #asOf(entry: Entry, now: number): number {
    const { label } = entry
    if (label === undefined || now - entry.asOf <= this.#bounds.staleness) return entry.asOf
    const { freshness, watermark } = this.#caches
    const followed = isSpokenFor(entry) && watermark !== undefined ? watermark.asOf : -Infinity
    entry.asOf = Math.max(entry.asOf, followed, freshness?.asOf(label) ?? -Infinity)
    return entry.asOf
  }

  /** It was not invalidated, and everything up to a position that covers the need has been told. */
  #isFollowedTo(entry: Entry, token: Token): boolean {
    const { watermark } = this.#caches
    if (!isSpokenFor(entry) || watermark === undefined) return false
    return watermark.lsn >= needOf(token, entry.tags, this.#level).lsn
  }
}

/** Whether the watermark speaks for an entry: whatever had changed it would have dropped it. A call may still hold one that was dropped. */
function isSpokenFor({ followed, isHeld }: Entry): boolean {
  return followed && isHeld
}
