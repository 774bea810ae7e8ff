/** Makes a slot that goes with the connection; waits for the transactions that are in progress. Output: one row. */
export function createSlot(slot: string): string {
  return `CREATE_REPLICATION_SLOT ${quoteName(slot)} TEMPORARY LOGICAL pgoutput (SNAPSHOT 'nothing')`
}

export interface SlotRow {
  /** Transactions that are committed behind this are told. */
  readonly consistent_point: string
}

/** Begins the stream of a slot where the slot begins. Protocol 1: whole transactions, when they are committed. */
export function startReplication(slot: string, publications: readonly string[]): string {
  const names = quoteText(publications.map(quoteName).join(','))
  return `START_REPLICATION SLOT ${quoteName(slot)} LOGICAL 0/0 (proto_version '1', publication_names ${names})`
}

/**
 * What the slot keeps. Input: its name. Output: one row, none when it is gone. Fails never; `safe_wal_size` is NULL without
 * `max_slot_wal_keep_size`.
 */
export const SLOT_STATE = `
SELECT wal_status, safe_wal_size::text AS safe, pg_wal_lsn_diff(pg_current_wal_insert_lsn(), restart_lsn)::text AS kept,
       current_setting('synchronous_standby_names') AS standby_names
FROM pg_replication_slots WHERE slot_name = $1`

export interface SlotStateRow {
  readonly wal_status: string | null
  readonly safe: string | null
  readonly kept: string | null
  readonly standby_names: string
}

/** Ends the session that still holds a slot of ours whose connection we have lost. Input: the slot's name. */
export const END_FORMER =
  'SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots WHERE slot_name = $1 AND active_pid IS NOT NULL'

/** Ends a session of ours that does not notice that nobody listens any more. Inputs: process id of its backend, application name. */
export const END_SESSION = `
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE pid = $1::int AND backend_type = 'walsender' AND application_name = $2`

export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

export function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}
