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
       current_setting('synchronous_commit') AS synchronous_commit,
       current_setting('synchronous_standby_names') AS standby_names,
       to_regproc('aurora_version') IS NOT NULL AS is_aurora,
       pg_backend_pid() AS backend`

/** Whether the server is one of Aurora's, whose nodes share one storage. Asked by itself where the other questions fail. Output: one row. */
export const IS_AURORA = "SELECT to_regproc('aurora_version') IS NOT NULL AS is_aurora"

/** Which session of which server answers. Inputs: none. Output: one row. */
export const SESSION = `
SELECT pg_backend_pid() AS backend,
       concat_ws(' ', inet_server_addr(), inet_server_port(), pg_postmaster_start_time()) AS server`

/** The history of a timeline, from where the server keeps it. Output: one row. Fails for roles that may not read files of the server. */
export function readHistoryFile(timeline: number): string {
  const name = timeline.toString(16).toUpperCase().padStart(8, '0')
  return `SELECT pg_read_file('pg_wal/${name}.history') AS history`
}

export interface SessionRow {
  readonly backend: number
  readonly server: string
}

export interface IdentityRow {
  readonly system_id: string
  readonly is_replica: boolean
  readonly timeline: number
  readonly statistics_since: readonly string[]
  readonly position: string | null
  readonly server: string
  readonly version: number
  readonly synchronous_commit: string
  readonly standby_names: string
  readonly is_aurora: boolean
  readonly backend: number
}
