import type { EpochId } from '../consistency/epoch.ts'
import type { Lsn } from '../consistency/label.ts'
import type { Change, Watermark } from '../consistency/watermark.ts'
import type { Deadline } from '../kernel/deadline.ts'

/** A table whose changes are followed. */
export interface FollowedTable {
  readonly schema: string
  readonly table: string
}

/**
 * One state of a row that was inserted, updated or deleted: what it was, or what it became.
 *
 * The state that a row came to is told whole. Of the state that it left the database keeps the columns of the table's replica identity (by
 * default the primary key); reading any other one throws `FUL-4037`, and so does a large value that the change did not touch. So whoever derives
 * something from rows uses the columns of the replica identity, or makes it larger (`ALTER TABLE … REPLICA IDENTITY USING INDEX …` or `FULL`).
 * After a `FUL-4037`, any row of the table may have changed.
 */
export interface ChangedRow extends FollowedTable {
  /** Column names to values as PostgreSQL prints them, `null` for NULL. */
  readonly row: Readonly<Record<string, string | null>>
}

/** A committed transaction, as far as it concerns the tables that are followed. */
export interface CommittedChanges {
  readonly change: Change
  /** In order. An insert is one state, a delete is one, an update is two: the one that was left, then the one that was come to. */
  readonly rows: readonly ChangedRow[]
  /** Tables in which any row may have changed: truncated, altered, or too many rows to tell of each. */
  readonly tables: readonly FollowedTable[]
}

/** Where a stream begins. */
export interface StreamStart {
  readonly epoch: EpochId
  /** What was committed up to here is not told. */
  readonly lsn: Lsn
  /**
   * Greater than the id of every transaction that was committed up to there; asked for right after the stream has begun. A commit may be in the log
   * and not visible yet, so a value is known to contain what is not told only if its snapshot's `xmin` has reached this.
   */
  readonly xid: number
}

/** Told in order, one call at a time. Must return soon and must not throw. */
export interface ChangeListener {
  /** From here on everything is told; at the start, and after each gap. */
  started(start: StreamStart): void
  /** In commit order; the database may not show it yet (compare by transaction id). Returns when the changes have been taken into account. */
  committed(changes: CommittedChanges): void
  /** Everything committed at or before the watermark has been told. Never goes back within an epoch. */
  watermark(watermark: Watermark): void
  /** Changes may have been missed: nothing that was known before is known any more. Until the next watermark the stream is not to be relied on. */
  gap(reason: string): void
}

/** Follows what is committed, whoever commits it. */
export interface ChangeStream {
  /**
   * Begins to follow; connects again by itself. Rejects where the server cannot do it, with what is missing, and with `FUL-3002` when it has not
   * begun by the deadline. Once only.
   */
  start(listener: ChangeListener, deadline: Deadline): Promise<void>
  /** Somebody relies on the watermark now: it moves on in short steps for the next second, and about once a second otherwise. Costs next to nothing. */
  touch(): void
  /** Ends it and removes its slot from the server. The listener is not called any more. */
  close(): Promise<void>
}
