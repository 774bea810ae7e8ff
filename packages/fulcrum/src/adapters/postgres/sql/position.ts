/**
 * Writes an empty message into the log, outside of any transaction (manual, table 9.95). Inputs: none. Output: one row. Nobody is told of it, and it gives
 * out no transaction id.
 */
export const FENCE = "SELECT pg_logical_emit_message(false, 'fulcrum', '')"

/**
 * How far a primary has written: `lsn` is what is safe, `written` what there is. Inputs: none. Output: one row. Fails (55000) while the server is in
 * recovery.
 */
export const PRIMARY_POSITION = `
SELECT pg_current_wal_flush_lsn()::text AS lsn,
       pg_current_wal_insert_lsn()::text AS written,
       ('x' || left(pg_walfile_name(pg_current_wal_insert_lsn()), 8))::bit(32)::int AS timeline,
       'primary' AS state`

/**
 * How far a replica has replayed, and whether it follows its primary. Inputs: none. Output: one row. Roles outside pg_read_all_stats see that
 * there is a WAL receiver, but not its state nor its timeline: it is taken to stream, on the timeline of its last restart point. A replica that receives nothing
 * is taken to be no further than what it had received: it may go on with another timeline from an archive.
 */
export const REPLICA_POSITION = `
SELECT CASE WHEN receiver.pid IS NULL
         THEN least(pg_last_wal_replay_lsn(), pg_last_wal_receive_lsn())
         ELSE pg_last_wal_replay_lsn()
       END::text AS lsn,
       receiver.received_tli AS received,
       (SELECT timeline_id FROM pg_control_checkpoint()) AS timeline,
       CASE WHEN NOT pg_is_in_recovery() THEN 'promoted'
            WHEN receiver.pid IS NULL THEN 'disconnected'
            ELSE coalesce(receiver.status, 'streaming')
       END AS state
FROM pg_stat_get_wal_receiver() AS receiver`

export interface PositionRow {
  readonly lsn: string | null
  readonly timeline: number
  /** The timeline that a replica receives; NULL where it receives none or does not say. */
  readonly received?: number | null
  readonly state: string
}
