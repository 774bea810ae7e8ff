// The workload that caches are for, on two instances, a primary, a replica and Redis: a hundred reads of a profile for each write, popular users
// more often, each visitor sees its own writes. With `--long` five times as long.
import { startBenchCluster } from './lib/bench-cluster.ts'
import { BenchRedis } from './lib/bench-redis.ts'
import { execute } from './lib/execute.ts'
import { profileSchema } from './lib/profiles.ts'
import { serverCpu } from './lib/server-cpu.ts'
import type { Backend, Servers } from './profile/backend.ts'
import { benchBackend, shopBackend, shopRows } from './profile/fulcrum.ts'
import { ttlBackend } from './profile/ttl.ts'
import { readAll, visit, type Visited } from './profile/visitors.ts'

const USERS = 10_000
const BYTES = 2_000
const VISITORS = 64
const LONG = process.argv.includes('--long') ? 5 : 1
const TERMS = { users: USERS, visitors: VISITORS, seconds: 4 * LONG }

interface Row extends Visited {
  readonly name: string
  readonly databaseReads: number
  /** Microseconds of the primary's processor. */
  readonly primary: number
}

await using cluster = await startBenchCluster(1)
await using redis = await BenchRedis.start()
await execute(cluster.primaryUrl, profileSchema(USERS, BYTES))
const primaryCpu = await serverCpu(cluster.primaryUrl)
const servers: Servers = { primary: cluster.primaryUrl, replicas: cluster.replicaUrls, redis: redis.url }
const primaryOnly: Servers = { ...servers, replicas: [] }

const rows = [
  await measured('without caches, primary only', await benchBackend(primaryOnly, 'uncached')),
  await measured('without caches, replica', await benchBackend(servers, 'uncached')),
  await measured('with caches', await benchBackend(servers, 'cached')),
  await measured("the shop's profiles.get", await shop()),
  await measured('bentocache, 30 s', ttlBackend(servers, { isDropped: false })),
  await measured('bentocache, 30 s, dropped on write', ttlBackend(servers, { isDropped: true })),
]
show(rows)

async function shop(): Promise<Backend> {
  const backend = await shopBackend(servers)
  await execute(servers.primary, shopRows(USERS, BYTES - 160))
  return backend
}

async function measured(name: string, backend: Backend): Promise<Row> {
  await using running = backend
  if (!name.startsWith('without')) await readAll(running.instances, TERMS)
  await visit(running.instances, { ...TERMS, seconds: 1 })
  const [reads, cpu] = [running.reads(), primaryCpu()]
  const visited = await visit(running.instances, TERMS)
  return { name, ...visited, databaseReads: running.reads() - reads, primary: primaryCpu() - cpu }
}

function show(all: readonly Row[]): void {
  console.log(
    `\n${VISITORS} visitors, ${USERS.toLocaleString('en')} users (Zipf), ${BYTES} B, 100 reads : 1 write, 2 instances in one process; ${TERMS.seconds} s after every user was read once`,
  )
  const header = ['', 'reads/s', 'database reads', 'stale own writes', 'failed', "primary's µs per read"]
  const cells = all.map((row) => [
    row.name,
    Math.round(row.reads / row.seconds).toLocaleString('en'),
    `${((100 * row.databaseReads) / row.reads).toFixed(1)} %`,
    `${row.stale} of ${row.writes}`,
    String(row.failed),
    (row.primary / row.reads).toFixed(1),
  ])
  const widths = header.map((_, column) =>
    Math.max(...[header, ...cells].map((line) => line[column]?.length ?? 0)),
  )
  for (const line of [header, ...cells])
    console.log(
      `  ${line.map((cell, column) => cell[column === 0 ? 'padEnd' : 'padStart'](widths[column] ?? 0)).join('  ')}`,
    )
  console.log('  targets: at most 10 % database reads and no stale own write, with caches and on the shop')
}
