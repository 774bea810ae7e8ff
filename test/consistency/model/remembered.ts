import type { Label } from '../../../packages/fulcrum/src/consistency/label.ts'
import type { Tombstone } from '../../../packages/fulcrum/src/consistency/tombstone.ts'
import type { Change } from '../../../packages/fulcrum/src/consistency/watermark.ts'
import type { Rules } from '../rules.ts'
import type { Counts } from './counts.ts'

/** Changes that are remembered in all. Few, so that some are forgotten. */
const MOST = 2

const NONE: readonly Tombstone[] = []

interface Remembered {
  readonly tag: number
  readonly change: Change
}

/**
 * The changes that an instance has been told of lately. Whoever puts a value in the local cache asks here first, because the news of a change may
 * arrive before a value that was read before it.
 */
export class RememberedChanges {
  readonly #rules: Rules
  readonly #counts: Counts
  readonly #tombstones = new Map<number, readonly Tombstone[]>()
  #changes: Remembered[] = []
  #start: { lsn: number; xid: number } | undefined

  constructor(rules: Rules, counts: Counts) {
    this.#rules = rules
    this.#counts = counts
  }

  changed(tag: number, tombstone: Tombstone): void {
    this.#tombstones.set(tag, this.#rules.bury(this.#tombstones.get(tag) ?? NONE, tombstone))
  }

  committed(tag: number, change: Change): void {
    this.#changes.push({ tag, change })
    const oldest = this.#changes.length > MOST ? this.#changes.shift() : undefined
    if (oldest === undefined || this.#start === undefined) return
    this.#counts['changes forgotten by an instance'] += 1
    this.#start.lsn = Math.max(this.#start.lsn, oldest.change.lsn)
    this.#start.xid = Math.max(this.#start.xid, oldest.change.xid + 1)
  }

  started(lsn: number, xid: number): void {
    this.#start = { lsn, xid }
  }

  gap(): void {
    this.#changes = []
    this.#start = undefined
  }

  /** In another epoch only what has no position says something. */
  entered(): void {
    for (const [tag, tombstones] of this.#tombstones)
      this.#tombstones.set(
        tag,
        tombstones.filter((each) => !this.#rules.hasPosition(each)),
      )
    this.gap()
  }

  admits(label: Label, tags: readonly number[]): boolean {
    for (const tag of tags)
      for (const tombstone of this.#tombstones.get(tag) ?? NONE)
        if (!this.#rules.outlives(label, tombstone)) return false
    for (const { tag, change } of this.#changes)
      if (tags.includes(tag) && !this.#rules.includes(label, change)) {
        this.#counts['changes that arrived before the fill they concern'] += 1
        return false
      }
    return true
  }

  /** Whether every change that a value may lack is remembered here or still to come, so that the watermark speaks for it. */
  follows({ source, lo, snapshot }: Label): boolean {
    if (this.#start === undefined) return false
    if (source === 'replica') return lo >= this.#start.lsn
    return snapshot !== undefined && snapshot.xmin >= this.#start.xid
  }

  /** Adds the changes of these tags that were acknowledged before now. */
  addAcknowledged(changes: Tombstone[], tags: readonly number[]): void {
    for (const tag of tags) for (const each of this.#tombstones.get(tag) ?? NONE) changes.push(each)
  }
}
