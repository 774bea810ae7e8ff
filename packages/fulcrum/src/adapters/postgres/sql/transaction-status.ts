/**
 * What became of a transaction. Inputs: its id, the process id of its backend. Output: one row. Fails (22023) when the id lies in the future: the
 * server has been restored to a state in which the transaction had not begun.
 *
 * `redo` is where the last checkpoint began and `next_xid` the next id at that moment (`epoch:id`). Recovery from a crash ends with a checkpoint.
 */
export const TRANSACTION_STATUS = `
SELECT pg_xact_status($1::xid8) AS status,
       (SELECT state FROM pg_stat_activity WHERE pid = $2::int) AS backend_state,
       (SELECT wait_event FROM pg_stat_activity WHERE pid = $2::int AND backend_xid = $1::xid8::xid) AS waits_for,
       checkpoint.redo_lsn::text AS redo,
       checkpoint.next_xid
FROM pg_control_checkpoint() AS checkpoint`

export interface TransactionStatusRow {
  readonly status: 'in progress' | 'committed' | 'aborted' | null
  readonly backend_state: string | null
  /** `SyncRep`: its COMMIT is in the log, and waits for a standby. */
  readonly waits_for: string | null
  readonly redo: string
  readonly next_xid: string
}

/**
 * Ends a backend that still holds a transaction whose client is gone and whose COMMIT never arrived. Inputs: process id, transaction id.
 */
export const END_ORPHAN = `
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE pid = $1::int AND backend_xid = $2::xid8::xid AND state IN ('idle in transaction', 'idle in transaction (aborted)')`
