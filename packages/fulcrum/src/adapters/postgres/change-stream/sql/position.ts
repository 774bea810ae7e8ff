/** How far the log of a primary is flushed. Inputs: none. Output: one row. Fails (55000) while the server is in recovery. */
export const FLUSHED = 'SELECT pg_current_wal_flush_lsn()::text AS lsn'

export interface FlushedRow {
  readonly lsn: string
}

/**
 * A transaction id that is greater than all that were given out before. Inputs: none. Output: one row. It is used up: the `xmax` of a snapshot would
 * cost none, but knows only of transactions that are over, and one can be committed in the log and not be over yet.
 */
export const GREATER_ID = 'SELECT pg_current_xact_id()::text AS xid'

export interface GreaterIdRow {
  readonly xid: string
}

/**
 * A transaction id and a position that follow whatever is visible already. Inputs: none. Output: one row. The id is used up, so that reads to come
 * are known to follow it: one that is still to be given out would not do.
 */
export const AFTERWARDS = 'SELECT pg_current_xact_id()::text AS xid, pg_current_wal_insert_lsn()::text AS lsn'

export interface AfterwardsRow {
  readonly xid: string
  readonly lsn: string
}
