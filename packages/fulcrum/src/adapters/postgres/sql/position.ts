/**
 * How far a primary has written. Inputs: none. Output: one row. Fails (55000) while the server is in recovery.
 */
export const PRIMARY_POSITION = `
SELECT pg_current_wal_insert_lsn()::text AS lsn,
       ('x' || left(pg_walfile_name(pg_current_wal_insert_lsn()), 8))::bit(32)::int AS timeline,
       'primary' AS state`

/**
 * How far a replica has replayed, and whether it follows its primary. Inputs: none. Output: one row. Roles outside pg_read_all_stats see that
 * there is a WAL receiver, but not its state: it is taken to stream.
 */
export const REPLICA_POSITION = `
SELECT pg_last_wal_replay_lsn()::text AS lsn,
       coalesce((SELECT received_tli FROM pg_stat_wal_receiver), (SELECT timeline_id FROM pg_control_checkpoint())) AS timeline,
       CASE WHEN pg_is_in_recovery()
         THEN coalesce((SELECT coalesce(status, 'streaming') FROM pg_stat_wal_receiver), 'disconnected')
         ELSE 'promoted'
       END AS state`

export interface PositionRow {
  readonly lsn: string | null
  readonly timeline: number
  readonly state: string
}
