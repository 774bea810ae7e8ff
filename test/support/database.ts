import { basename } from 'node:path'
import pg from 'pg'
import { expect, inject } from 'vitest'
import { random } from './parts.ts'
import { waitFor } from './wait-for.ts'

/** A database of its own for one test file; disposing of it drops it and fails when connections were left open. */
export interface FreshDatabase extends AsyncDisposable {
  readonly name: string
  /** URL on the primary. */
  readonly url: string
  /** URL on the streaming replica. */
  readonly replicaUrl: string
}

export interface FreshDatabaseOptions {
  /** A database to copy, e.g. a migrated one. Nobody may be connected to it. Default: an empty one. */
  readonly template?: string
}

/** Creates a database on the shared cluster; resolves when the replica has it too. */
export async function freshDatabase(options: FreshDatabaseOptions = {}): Promise<FreshDatabase> {
  const cluster = inject('cluster')
  const name = uniqueName()
  await onServer(cluster.primaryUrl, async (primary) => {
    await primary.query(`CREATE DATABASE ${name} TEMPLATE ${options.template ?? 'template1'}`)
    await replayed(primary, cluster.replicaUrl)
  })
  return {
    name,
    url: withDatabase(cluster.primaryUrl, name),
    replicaUrl: withDatabase(cluster.replicaUrl, name),
    [Symbol.asyncDispose]: () => drop(cluster, name),
  }
}

type Cluster = ReturnType<typeof inject<'cluster'>>

async function drop(cluster: Cluster, name: string): Promise<void> {
  const left = [
    ...(await onServer(cluster.primaryUrl, (node) => leftOpen(node, name))),
    ...(await onServer(cluster.replicaUrl, (node) => leftOpen(node, name))),
  ]
  await onServer(cluster.primaryUrl, (node) => node.query(`DROP DATABASE ${name} WITH (FORCE)`))
  if (left.length > 0) throw new Error(`connections left open to ${name}:\n${left.join('\n')}`)
}

// The server notices the end of a connection a moment after the client has closed it.
async function leftOpen(node: pg.Client, name: string): Promise<string[]> {
  const sessions = async (): Promise<string[]> => {
    const { rows } = await node.query<{ session: string }>(
      `SELECT format('pid %s, %s, %s: %s', pid, application_name, state, query) AS session
       FROM pg_stat_activity WHERE datname = $1 AND backend_type = 'client backend'`,
      [name],
    )
    return rows.map((row) => row.session)
  }
  const closed = waitFor(async () => (await sessions()).length === 0, { deadline: 2_000 })
  return closed.then(() => [], sessions)
}

/** Waits until the replica has replayed everything that the primary has written so far. */
export async function replayed(primary: pg.Client, replicaUrl: string): Promise<void> {
  const { rows } = await primary.query<{ lsn: string }>('SELECT pg_current_wal_flush_lsn() AS lsn')
  await onServer(replicaUrl, (replica) =>
    waitFor(async () => {
      const found = await replica.query<{ reached: boolean }>(
        'SELECT pg_last_wal_replay_lsn() >= $1 AS reached',
        [rows[0]?.lsn],
      )
      return found.rows[0]?.reached
    }),
  )
}

async function onServer<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, application_name: 'test-support' })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

function uniqueName(): string {
  const file = basename(expect.getState().testPath ?? 'unknown').replace(/\.test\.ts$/, '')
  return `test_${file.replaceAll(/\W/g, '_').slice(0, 40)}_${random.hex(4)}`.toLowerCase()
}

function withDatabase(url: string, name: string): string {
  const changed = new URL(url)
  changed.pathname = `/${name}`
  return changed.href
}
