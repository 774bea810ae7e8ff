import { existsSync, readFileSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import type { Client } from 'pg'
import type { Clock } from '../../kernel/clock.ts'
import { fulcrumError, isFulcrumError } from '../../kernel/errors/fulcrum-error.ts'
import type { Account } from './account.ts'
import { copyPrimary } from './base-backup.ts'
import { besides, discard, makeOwnedDirectory, writeOwned } from './files.ts'
import { initialize, majorOfData, syncToDisk } from './initialize.ts'
import type { Runtime } from './runtime.ts'
import { PostgresServer, type ServerPlan } from './server.ts'
import { NODE_SETTINGS, type Settings, VOLATILE_SETTINGS } from './settings.ts'
import { type Credentials, withConnection } from './sql.ts'
import { waitUntil } from './waiting.ts'

/** What the nodes of one cluster have in common. */
export interface Layout {
  /** The directory of the cluster; each node has its data in a subdirectory named like itself. */
  readonly home: string
  readonly runtime: Runtime
  readonly account: Account | undefined
  readonly credentials: Credentials
  /** `false`: a crash of the machine may lose everything. */
  readonly durable: boolean
  readonly settings: Settings
}

/** The database that every cluster has, for connections that are about the cluster. */
export const MAINTENANCE_DATABASE = 'postgres'

export const PRIMARY = 'primary'

// How long a replica with old data may take until it streams before it is built anew.
const STREAMING_LIMIT = 30_000

/** Names of replicas are also the names of their slots and what `synchronous_standby_names` calls them. */
export function replicaName(index: number): string {
  return `replica_${index + 1}`
}

/** The plan of a node, without starting it. */
export function nodePlan(layout: Layout, name: string, port: number): ServerPlan {
  const settings = { ...NODE_SETTINGS, ...(layout.durable ? {} : VOLATILE_SETTINGS), ...layout.settings }
  const { account, runtime } = layout
  const directory = join(layout.home, name)
  return { name, directory, logFile: join(layout.home, `${name}.log`), port, settings, account, runtime }
}

/**
 * Starts the primary, on new data when there is none.
 *
 * @throws FUL-5006 when the data was made by another major version of PostgreSQL.
 */
export async function startPrimary(layout: Layout, port: number, clock: Clock): Promise<PostgresServer> {
  const plan = nodePlan(layout, PRIMARY, port)
  const found = majorOfData(plan.directory)
  if (found === undefined) await initialize({ ...layout, directory: plan.directory })
  else refuseOtherMajor(plan.directory, found, layout.runtime)
  return PostgresServer.start(plan, clock)
}

function refuseOtherMajor(directory: string, found: number, { major, version }: Runtime): void {
  if (found !== major) throw fulcrumError('FUL-5006', { directory, found, installed: major, version })
}

export interface ReplicaPorts {
  readonly primary: number
  readonly own: number
}

export interface ReplicaParts {
  readonly clock: Clock
  /** Aborts when the replica is no longer wanted. */
  readonly stopping?: AbortSignal | undefined
}

/**
 * Starts a replica and waits until it streams. Its data is a copy, so it is made anew whenever it cannot follow the primary: there is
 * none, it belongs to another cluster, or the WAL that it needs is gone.
 *
 * @throws FUL-5007 when even a new copy does not stream.
 */
export async function startReplica(
  layout: Layout,
  { name, ports }: { readonly name: string; readonly ports: ReplicaPorts },
  parts: ReplicaParts,
): Promise<PostgresServer> {
  const plan = replicaPlan(layout, name, ports)
  const target = { ...layout.credentials, port: ports.primary, database: MAINTENANCE_DATABASE }
  return withConnection(target, async (primary) => {
    const before = (await canFollow(primary, plan)) ? await tryOldData(primary, plan, parts) : undefined
    if (before !== undefined) return before
    await build(primary, layout, plan)
    const anew = await startStreaming(primary, plan, parts)
    if (anew !== undefined) return anew
    throw fulcrumError('FUL-5007', { node: name, log: plan.logFile, seconds: STREAMING_LIMIT / 1000 })
  })
}

// Whatever keeps a replica's old data from serving, a new copy may do.
async function tryOldData(
  primary: Client,
  plan: ServerPlan,
  parts: ReplicaParts,
): Promise<PostgresServer | undefined> {
  try {
    return await startStreaming(primary, plan, parts)
  } catch (error) {
    if (isFulcrumError(error, 'FUL-5002')) return undefined
    throw error
  }
}

/** The plan of a replica, without starting it. */
export function replicaPlan(layout: Layout, name: string, ports: ReplicaPorts): ServerPlan {
  const plan = nodePlan(layout, name, ports.own)
  const { user, password } = layout.credentials
  const upstream = `host=127.0.0.1 port=${ports.primary} user=${user} password=${password} application_name=${name}`
  const settings = { ...plan.settings, primary_conninfo: upstream, primary_slot_name: name }
  return { ...plan, settings }
}

async function canFollow(primary: Client, plan: ServerPlan): Promise<boolean> {
  if (!existsSync(join(plan.directory, 'standby.signal'))) return false
  const { rows } = await primary.query<{ id: string; usable: boolean }>(
    `SELECT system_identifier::text AS id, EXISTS (
       SELECT FROM pg_replication_slots WHERE slot_name = $1 AND wal_status IS DISTINCT FROM 'lost') AS usable
     FROM pg_control_system()`,
    [plan.name],
  )
  return rows[0]?.usable === true && rows[0].id === systemIdentifier(plan.directory)
}

/**
 * The identifier that initdb gave to the cluster: the first field of the control file, in this machine's byte order (x64, arm64);
 * `undefined` when there is no control file.
 */
export function systemIdentifier(directory: string): string | undefined {
  const control = join(directory, 'global', 'pg_control')
  return existsSync(control) ? readFileSync(control).readBigUInt64LE(0).toString() : undefined
}

async function build(primary: Client, layout: Layout, plan: ServerPlan): Promise<void> {
  const building = besides(plan.directory, 'new')
  makeOwnedDirectory(building, layout.account)
  const from = join(layout.home, PRIMARY)
  await copyPrimary(primary, { from, to: building, slot: plan.name, account: layout.account })
  writeOwned(join(building, 'standby.signal'), '')
  if (layout.durable) await syncToDisk(building, layout)
  discard(plan.directory)
  renameSync(building, plan.directory)
}

async function startStreaming(
  primary: Client,
  plan: ServerPlan,
  { clock, stopping }: ReplicaParts,
): Promise<PostgresServer | undefined> {
  const server = await PostgresServer.start(plan, clock, stopping)
  try {
    if (await streams(primary, server, { clock, stopping })) return server
  } catch (error) {
    await server.stop()
    throw error
  }
  await server.stop()
  return undefined
}

/** Waits until the primary sends its WAL to the replica; `false` when that does not happen in time. */
export async function streams(
  primary: Client,
  replica: PostgresServer,
  { clock, stopping }: ReplicaParts,
): Promise<boolean> {
  const look = async (): Promise<true | undefined> => {
    stopping?.throwIfAborted()
    const { rowCount } = await primary.query(
      "SELECT FROM pg_stat_replication WHERE application_name = $1 AND state = 'streaming'",
      [replica.plan.name],
    )
    return rowCount === 1 || undefined
  }
  return (await waitUntil(clock, { limit: STREAMING_LIMIT, every: 20 }, look)) === true
}
