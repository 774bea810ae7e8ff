import { join } from 'node:path'
import { writeOwned } from './files.ts'

/** Settings of a server by name, as in `postgresql.conf`. */
export type Settings = Readonly<Record<string, string | number | boolean>>

/**
 * What every node of a cluster runs with. The same on primary and replicas, because a replica must not have less room than its
 * primary (PostgreSQL manual, "Hot Standby: Administrator's Overview").
 */
export const NODE_SETTINGS: Settings = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  // Several instances with their pools, the application's tools and a test run share the cluster.
  max_connections: 200,
  shared_buffers: '128MB',
  wal_level: 'logical',
  max_wal_senders: 10,
  max_replication_slots: 10,
  min_wal_size: '80MB',
  max_wal_size: '1GB',
  // A replica that stays away must not fill the disk; past this bound it is built anew.
  max_slot_wal_keep_size: '1GB',
  hot_standby: true,
  hot_standby_feedback: true,
  // The default of 5 s would be the time that a replica needs to notice that its primary is back.
  wal_retrieve_retry_interval: '200ms',
  synchronous_standby_names: '',
  password_encryption: 'scram-sha-256',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_line_prefix: '%m [%p] %q%a %d ',
}

/** Settings with which a crash of the machine loses data and a test run is faster. For clusters that are thrown away. */
export const VOLATILE_SETTINGS: Settings = {
  fsync: false,
  full_page_writes: false,
  synchronous_commit: true,
}

const HOST_RULES = [
  'host all all 127.0.0.1/32 scram-sha-256',
  'host replication all 127.0.0.1/32 scram-sha-256',
  '',
].join('\n')

const HEADER = [
  '# Written anew by Fulcrum at every start of the server. Settings made with ALTER SYSTEM are kept:',
  '# they are in postgresql.auto.conf and take precedence.',
  '',
].join('\n')

/** Writes `postgresql.conf` and `pg_hba.conf` of a node: loopback only, every connection with a password. */
export function writeSettings(directory: string, settings: Settings): void {
  const lines = Object.entries(settings).map(([name, value]) => `${name} = ${quote(value)}\n`)
  writeOwned(join(directory, 'postgresql.conf'), HEADER + lines.join(''))
  writeOwned(join(directory, 'pg_hba.conf'), HOST_RULES)
}

/** A value for `postgresql.conf`. */
function quote(value: string | number | boolean): string {
  if (typeof value === 'boolean') return value ? 'on' : 'off'
  return `'${String(value).replaceAll('\\', '\\\\').replaceAll("'", "''")}'`
}
