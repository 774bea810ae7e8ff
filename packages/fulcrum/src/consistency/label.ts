import type { EpochId } from './epoch.ts'
import { settled, type Snapshot } from './snapshot.ts'

/** A position in the write-ahead log: bytes since initdb. A number is exact up to 9 PB; nodes beyond that are refused when they connect. */
export type Lsn = number

/** What is known about the data of one read. Positions are never compared across epochs. */
export interface ReadLabel {
  readonly epoch: EpochId
  readonly source: 'primary' | 'replica'
  /**
   * The node's position before the data was read: of what it had flushed on a primary, since a crash gives positions beyond that out again, and of what
   * it had replayed on a replica.
   */
  readonly lo: Lsn
  /** Its position after: nothing beyond it was seen. `Infinity` where it was not asked for. */
  readonly hi: Lsn
  /** What a primary said was in progress, before the data was read. */
  readonly snapshot: Snapshot | undefined
  /** The `xmax` of a replica's snapshot; 0 on a primary. */
  readonly rx: number
}

/** What is known about a cached value. */
export interface Label extends ReadLabel {
  /** A random number that no other fill has. */
  readonly fill: number
  /**
   * Ids of the writes that were acknowledged, and known to its reader, before it was read: it contains them, whatever the positions say. On a replica
   * only those of writes that are not in the store: it may not have replayed the others.
   */
  readonly sees: readonly number[]
}

/**
 * Whether what is labelled contains every write that was acknowledged at or before `lsn`.
 *
 * Strict on a primary: a commit record is in the log before its transaction becomes visible, so data read at exactly this position may lack it.
 * Not so on a replica, whose replay position moves after the transaction has become visible.
 */
export function contains({ source, lo }: Pick<ReadLabel, 'source' | 'lo'>, lsn: Lsn): boolean {
  return source === 'replica' ? lo >= lsn : lo > lsn
}

/** As `contains`, and everything that a replica has shown at `rx` besides. */
export function containsSeen(label: ReadLabel, lsn: Lsn, rx: number): boolean {
  if (!contains(label, lsn)) return false
  // A replica that has replayed what another one had when it was read shows what that one showed.
  if (label.source === 'replica' || rx === 0) return true
  return label.snapshot !== undefined && settled(label.snapshot, rx)
}
