import type { Label, Lsn } from './label.ts'
import { sees } from './snapshot.ts'

/** A committed change, as the change stream tells it. */
export interface Change {
  readonly xid: number
  /** The end of its commit record. */
  readonly lsn: Lsn
}

/** Everything that was committed up to here has been told. */
export interface Watermark {
  /** A position that was read before the stream was drained to its end. */
  readonly lsn: Lsn
  /** When it was asked for, on this instance's monotonic clock. */
  readonly asOf: number
}

/**
 * Whether a cached value contains a change. On a primary the transaction id decides: the stream can tell of a commit before the primary shows it,
 * so a value that was read past the commit record may lack it all the same.
 */
export function includes(label: Pick<Label, 'source' | 'lo' | 'snapshot'>, change: Change): boolean {
  if (label.source === 'replica') return label.lo >= change.lsn
  return label.snapshot !== undefined && sees(label.snapshot, change.xid)
}
