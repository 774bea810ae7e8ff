// What a level of consistency costs where a read reaches PostgreSQL: `app.call` on pipelined connections, 32 at a time, on the primary. Each level
// against `strong`, which asks for nothing but the data, and all of them beside the same statement by hand.
import { module, query, type QueryContract, type Sql } from 'fulcrum'
import { createApp, type Session } from 'fulcrum/app'
import { postgres } from 'fulcrum/postgres'
import pg from 'pg'
import { z } from 'zod'
import { alternate, type Contender, pick } from './lib/alternate.ts'
import { startBenchCluster } from './lib/bench-cluster.ts'
import { concurrently, type Cost } from './lib/concurrently.ts'
import { execute } from './lib/execute.ts'
import { type Outcome, print, printTimes } from './lib/outcome.ts'
import { pinSelf } from './lib/pinned.ts'
import { Profile, profile, profileId, profileSchema } from './lib/profiles.ts'

const WORKERS = 32
const CONNECTIONS = 2
const ROWS = 1_000
const MS = 250
const SELECT = 'select id, name, about, version from bench.profile where id = $1'

/** With a number, so that no call is answered by what another one has read. */
const Input = z.object({ id: z.string(), call: z.int() })

function read<const Name extends string>(name: Name, contract: QueryContract) {
  const latency = { expect: '5ms' } as const
  const reads = ({ id }: { id: string }) => [profile(id)]
  return query(`bench.${name}`, { input: Input, output: Profile, reads, contract: { latency, ...contract } })
}

const cache = { strategy: 'aside', ttl: '10s', tiers: ['local'] } as const
const levels = {
  strong: read('strong', {}),
  eventual: read('eventual', { consistency: 'eventual' }),
  'bounded (5 s)': read('bounded', { consistency: { staleness: '5s' } }),
  'read-your-writes': read('own', { consistency: { session: 'read-your-writes' } }),
  'eventual, a miss that fills the cache': read('fills', {
    consistency: 'eventual',
    cache: { ...cache, invalidation: 'ttl' },
  }),
  'read-your-writes, a miss that fills the cache': read('ownFills', {
    consistency: { session: 'read-your-writes' },
    cache,
  }),
  monotonic: read('monotonic', { consistency: { session: 'monotonic' } }),
  causal: read('causal', { consistency: { session: 'causal' } }),
  snapshot: read('snapshot', { consistency: { staleness: 'any', snapshot: true } }),
}

async function select({ id }: z.infer<typeof Input>, { sql }: { readonly sql: Sql }): Promise<Profile> {
  const [row] = await sql<Profile>`select id, name, about, version from bench.profile where id = ${id}`
  return row as Profile
}

await using cluster = await startBenchCluster()
await execute(cluster.primaryUrl, profileSchema(ROWS, 200))
const bench = module('bench', {
  handlers: (on) => Object.values(levels).map((level) => on(level, select)),
})
const store = postgres({ url: cluster.primaryUrl, pipelined: CONNECTIONS })
await using app = await createApp({ modules: [bench], store, localCache: { entries: 10_000 } }).start()
const clients = Array.from(
  { length: CONNECTIONS },
  () => new pg.Client({ connectionString: cluster.primaryUrl, pipeline: true }),
)
for (const client of clients) await client.connect()
pinSelf('load')

const BY_HAND = 'the statement by hand'
let calls = 0
const contenders = [contender(BY_HAND, byHand), ...Object.entries(levels).map(called)]
const figures = await alternate(contenders, { rounds: 9 })
for (const client of clients) await client.end()

const title = `A read that reaches PostgreSQL, by level, ${WORKERS} at a time`
const notes = [
  `one primary, ${CONNECTIONS} pipelined connections, a row of 200 B, zod on input and output, metrics on, a session per caller`,
]
const levelsOf = pick(figures, ({ took }) => took)
const outcome: Outcome = { title, unit: 'µs per read', better: 'less', figures: levelsOf, notes }
print(outcome)
for (const level of Object.keys(levels)) printTimes(outcome, level, 'strong')
const onCpu = pick(figures, ({ cpu }) => cpu)
print({ title: '… processor of this process', unit: 'µs per read', better: 'less', figures: onCpu })

function called([name, level]: [string, (typeof levels)[keyof typeof levels]]): Contender<Cost> {
  const sessions = Array.from({ length: WORKERS }, () => app.session())
  return contender(name, (id, worker) =>
    app.call(level, { id, call: (calls += 1) }, { session: sessions[worker] as Session }),
  )
}

async function byHand(id: string, worker: number): Promise<Profile> {
  const client = clients[worker % CONNECTIONS] as pg.Client
  const { rows } = await client.query<Profile>({ name: 'profile', text: SELECT, values: [id] })
  return rows[0] as Profile
}

function contender(name: string, run: (id: string, worker: number) => Promise<Profile>): Contender<Cost> {
  return {
    name,
    round: () =>
      concurrently({ workers: WORKERS, ms: MS }, async (worker, turn) => {
        const id = profileId((worker * 31 + turn * 7) % ROWS)
        if ((await run(id, worker)).id !== id) throw new Error(`${name} gave another row`)
      }),
  }
}
