import type { Lsn } from '../consistency/label.ts'
import type { Change, Watermark } from '../consistency/watermark.ts'
import type { Deadline } from '../kernel/deadline.ts'

/** A row that was inserted, updated or deleted. */
export interface ChangedRow {
  readonly schema: string
  readonly table: string
  /** Column names to values as PostgreSQL prints them, `null` for NULL: the new row; of a deleted or re-keyed one what its replica identity says. */
  readonly row: Readonly<Record<string, string | null>>
}

/** A committed transaction, as far as it concerns the tables that are followed. */
export interface CommittedChanges {
  readonly change: Change
  /** In order. An update that changes its key tells of both rows. */
  readonly rows: readonly ChangedRow[]
  /** Tables that were truncated, as `schema.table`. */
  readonly truncated: readonly string[]
}

/** Where a stream begins. */
export interface StreamStart {
  /** What was committed up to here is not told. */
  readonly lsn: Lsn
  /**
   * Greater than the id of every transaction that was committed up to there; asked for right after the stream has begun. A commit may be in the log
   * and not visible yet, so a value is known to contain what is not told only if its snapshot's `xmin` has reached this.
   */
  readonly xid: number
}

export interface ChangeListener {
  /** From here on everything is told; at the start, and after each gap. */
  started(start: StreamStart): void
  /** In commit order. Returns when the changes have been taken into account. */
  committed(changes: CommittedChanges): void
  /** Everything committed at or before the watermark has been told. Never goes back within an epoch. */
  watermark(watermark: Watermark): void
  /** Changes may have been missed: nothing that was known before is known any more. Until the next watermark the stream is not to be relied on. */
  gap(reason: string): void
}

/** Follows what is committed, whoever commits it. */
export interface ChangeStream {
  /** Begins to follow; connects again by itself. Rejects where the server cannot do it, with what is missing. */
  start(listener: ChangeListener, deadline: Deadline): Promise<void>
  /** Ends it and removes what it left on the server. */
  close(): Promise<void>
}
