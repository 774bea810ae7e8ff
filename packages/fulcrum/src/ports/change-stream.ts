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

export interface ChangeListener {
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
