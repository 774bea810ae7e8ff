/**
 * Which server this is, and which session.
 *
 * Inputs: none. Output: one row. On a standby `pg_walfile_name` fails, and what the WAL receiver says is visible to members of
 * pg_read_all_stats only; the control file names the timeline of the last restart point. Recovery from a crash throws the statistics away, and
 * an orderly restart does not.
 */
export const IDENTITY = `
SELECT (SELECT system_identifier FROM pg_control_system())::text AS system_id,
       pg_is_in_recovery() AS is_replica,
       CASE WHEN pg_is_in_recovery()
         THEN coalesce((SELECT received_tli FROM pg_stat_wal_receiver), (SELECT timeline_id FROM pg_control_checkpoint()))
         ELSE ('x' || left(pg_walfile_name(pg_current_wal_insert_lsn()), 8))::bit(32)::int
       END AS timeline,
       ARRAY[(SELECT stats_reset FROM pg_stat_bgwriter), (SELECT stats_reset FROM pg_stat_wal),
             (SELECT stats_reset FROM pg_stat_archiver)]::text[] AS statistics_since,
       CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_insert_lsn() END::text AS position,
       concat_ws(' ', inet_server_addr(), inet_server_port(), pg_postmaster_start_time()) AS server,
       current_setting('server_version_num')::int AS version,
       pg_backend_pid() AS backend`

export interface IdentityRow {
  readonly system_id: string
  readonly is_replica: boolean
  readonly timeline: number
  readonly statistics_since: readonly string[]
  readonly position: string | null
  readonly server: string
  readonly version: number
  readonly backend: number
}
