import type { EpochId } from '../../consistency/epoch.ts'
import type { Label } from '../../consistency/label.ts'
import { bury, hasPosition, outlives, type Tombstone } from '../../consistency/tombstone.ts'
import { type Change, includes } from '../../consistency/watermark.ts'
import type { StreamStart } from '../../ports/change-stream.ts'
import { isElsewhere } from './elsewhere.ts'
import { Generations } from './generations.ts'

/** Tags with changes that are remembered; some seconds of a busy system. */
const MOST_TAGS = 20_000
/** Changes of one tag, as the stream told them, that are remembered one by one. */
const MOST_OF_A_TAG = 16

/**
 * The changes that this instance has been told of lately, by tag. A value may be read before a change and arrive after the news of it: whoever puts
 * it in the cache asks here first.
 *
 * Two kinds are kept: tombstones (of commands, on this instance or told by others; some may be missed) and what the change stream told. The latter
 * is complete from a point on, which moves up when something is forgotten, and vanishes when the stream has a gap. Tombstones without a position
 * are of no epoch, and survive a failover.
 */
export class RecentChanges {
  readonly #stored = new Generations<readonly Tombstone[]>(MOST_TAGS)
  readonly #elsewhere = new Generations<readonly Tombstone[]>(MOST_TAGS)
  readonly #changes = new Generations<readonly Change[]>(MOST_TAGS, (lists) => {
    for (const list of lists) for (const change of list) this.#forget(change)
  })
  #start: StreamStart | undefined

  changed(tag: number, tombstone: Tombstone): void {
    const tombstones = hasPosition(tombstone) ? this.#stored : this.#elsewhere
    tombstones.set(tag, bury(tombstones.get(tag) ?? NONE, tombstone))
  }

  committed(tag: number, change: Change): void {
    const list = this.#changes.get(tag) ?? []
    const [oldest, ...others] = list
    if (oldest === undefined || list.length < MOST_OF_A_TAG) return this.#changes.set(tag, [...list, change])
    this.#forget(oldest)
    this.#changes.set(tag, [...others, change])
  }

  /** From here on the change stream tells everything. */
  started(start: StreamStart): void {
    this.#changes.clear()
    this.#start = start
  }

  /** A change of which it cannot be told what it changed: only what contains it is followed from here on. */
  passed(change: Change): void {
    this.#forget(change)
  }

  /** The change stream may have missed changes. */
  gap(): void {
    this.#changes.clear()
    this.#start = undefined
  }

  /** What was told of other epochs says nothing about this one. */
  entered(epoch: EpochId): void {
    this.#stored.clear()
    if (this.#start?.epoch !== epoch) this.gap()
  }

  /** Whether a value contains all that is known to have changed under its tags. */
  admits(label: Label, tags: readonly number[]): boolean {
    return tags.every((tag) => this.#outlives(label, tag) && this.#includes(label, tag))
  }

  /**
   * Whether every change that a value may lack is either remembered here or still to come, so that the watermark of the stream speaks for it once
   * it is admitted.
   */
  follows({ epoch, source, lo, snapshot }: Label): boolean {
    if (this.#start?.epoch !== epoch) return false
    if (source === 'replica') return lo >= this.#start.lsn
    return snapshot !== undefined && snapshot.xmin >= this.#start.xid
  }

  /** The changes of these tags that were acknowledged before now: what is read from now on contains them, if it is read where they were made. */
  acknowledged(tags: readonly number[]): Tombstone[] {
    return tags.flatMap((tag) => [...(this.#stored.get(tag) ?? NONE), ...(this.#elsewhere.get(tag) ?? NONE)])
  }

  #outlives(label: Label, tag: number): boolean {
    const passes = (tombstone: Tombstone): boolean => outlives(label, tombstone)
    return (this.#stored.get(tag) ?? NONE).every(passes) && (this.#elsewhere.get(tag) ?? NONE).every(passes)
  }

  /** Each one is looked at: transactions do not become visible in the order of their commit records. */
  #includes(label: Label, tag: number): boolean {
    return this.#changes.get(tag)?.every((change) => holdsChange(label, change)) ?? true
  }

  #forget({ lsn, xid }: Change): void {
    if (this.#start === undefined) return
    const { epoch } = this.#start
    this.#start = { epoch, lsn: Math.max(this.#start.lsn, lsn), xid: Math.max(this.#start.xid, xid + 1) }
  }
}

const NONE: readonly Tombstone[] = Object.freeze([])

/**
 * Whether a value holds a change that the stream told. A value that was read without asking the primary what was in progress is judged by position
 * alone, which may be wrong for a moment after the commit record: nothing relies on it, since the watermark does not speak for such a value.
 */
export function holdsChange(label: Label, change: Change): boolean {
  // Not read from the store: rows say nothing of it.
  if (isElsewhere(label)) return true
  if (label.source === 'primary' && label.snapshot === undefined) return label.lo > change.lsn
  return includes(label, change)
}
