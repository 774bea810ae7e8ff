// What a hit in the shared cache costs, 64 at a time: `app.call` with the local tier left out, against a GET by the same client and the same
// decoding, and bentocache with its Redis layer only.
import { setTimeout as pause } from 'node:timers/promises'
import { BentoCache, bentostore } from 'bentocache'
import { redisDriver } from 'bentocache/drivers/redis'
import { module, query, type Sql } from 'fulcrum'
import { createApp, type Session } from 'fulcrum/app'
import { postgres } from 'fulcrum/postgres'
import { redis } from 'fulcrum/redis'
import { Redis } from 'ioredis'
import { Packr } from 'msgpackr'
import pg from 'pg'
import { createClient, RESP_TYPES } from 'redis'
import { alternate, type Contender, pick } from './lib/alternate.ts'
import { startBenchCluster } from './lib/bench-cluster.ts'
import { BenchRedis } from './lib/bench-redis.ts'
import { concurrently, type Cost } from './lib/concurrently.ts'
import { execute } from './lib/execute.ts'
import { print, printRatio } from './lib/outcome.ts'
import { pinSelf } from './lib/pinned.ts'
import { Profile, profile, profileId, ProfileInput, profileSchema } from './lib/profiles.ts'

const WORKERS = 64
/** Each worker goes through keys of its own, so that nobody is answered by a question that another one has asked. */
const KEYS_EACH = 16
const IDS = Array.from({ length: WORKERS * KEYS_EACH }, (_, index) => profileId(index))
const MS = 250

const signature = {
  input: ProfileInput,
  output: Profile,
  reads: ({ id }: { id: string }) => [profile(id)],
} as const
const eventual = query('bench.eventual', {
  ...signature,
  contract: {
    consistency: 'eventual',
    cache: { strategy: 'aside', ttl: '1h', tiers: ['shared'], invalidation: 'ttl' },
  },
})
const own = query('bench.own', {
  ...signature,
  contract: {
    consistency: { staleness: '30s', session: 'read-your-writes' },
    cache: { strategy: 'aside', ttl: '1h', tiers: ['shared'] },
  },
})

/** How often the database was asked, and how many reads were answered. */
let asked = 0
let answered = 0
const select = async (id: string, sql: Sql): Promise<Profile> => {
  asked += 1
  const [row] = await sql<Profile>`select * from bench.profile where id = ${id}`
  return row as Profile
}
const bench = module('bench', {
  handlers: (on) => [
    on(eventual, ({ id }, { sql }) => select(id, sql)),
    on(own, ({ id }, { sql }) => select(id, sql)),
  ],
})

type Read = (id: string, worker: number) => Promise<Profile>

await using cluster = await startBenchCluster()
await using server = await BenchRedis.start()
pinSelf('load')
for (const bytes of [200, 2_000]) await compare(bytes)

async function compare(bytes: number): Promise<void> {
  await execute(cluster.primaryUrl, profileSchema(IDS.length, bytes))
  await using stack = new AsyncDisposableStack()
  const reads = {
    ...(await fulcrum(stack, bytes)),
    ...(await byHand(stack)),
    bentocache: bentocache(stack, bytes),
  }
  for (const read of Object.values(reads)) await fill(read)
  asked = answered = 0
  const figures = await alternate(Object.entries(reads).map(contender), { rounds: 9 })
  const title = `A hit in Redis, ${bytes} B, ${WORKERS} at a time`
  const notes = [
    'node-redis 6 by hand and in Fulcrum, ioredis 5 in bentocache; read-your-writes asks for the entry and the last change of its tag',
    `${asked} of ${answered} reads were answered by the database after all`,
  ]
  const figure = pick(figures, ({ took }) => took)
  const took = { title, unit: 'µs per read', better: 'less', figures: figure, notes } as const
  print(took)
  printRatio(took, ['Fulcrum, eventual', 'GET and decode'], 0.9)
  printRatio(took, ['Fulcrum, read-your-writes', 'MGET of two keys and decode'])
  printRatio(took, ['Fulcrum, eventual', 'bentocache'])
  const onCpu = pick(figures, ({ cpu }) => cpu)
  print({ title: '… processor of this process', unit: 'µs per read', better: 'less', figures: onCpu })
}

async function fulcrum(stack: AsyncDisposableStack, bytes: number): Promise<Record<string, Read>> {
  const cache = redis({ url: server.url, prefix: `fulcrum-${bytes}` })
  const store = postgres({ url: cluster.primaryUrl })
  const app = stack.use(await createApp({ modules: [bench], store, cache }).start())
  const sessions = Array.from({ length: WORKERS }, () => app.session())
  return {
    'Fulcrum, eventual': (id) => app.call(eventual, { id }),
    'Fulcrum, read-your-writes': (id, worker) =>
      app.call(own, { id }, { session: sessions[worker] as Session }),
  }
}

/** The same client with the same settings, and the same format, without what surrounds an entry. */
async function byHand(stack: AsyncDisposableStack): Promise<Record<string, Read>> {
  const client = createClient({
    url: server.url,
    RESP: 2,
    maintNotifications: 'disabled',
    // Its own limit makes an AbortSignal per command, which takes longer than the command.
    commandOptions: { timeout: 0, typeMapping: { [RESP_TYPES.BLOB_STRING]: Buffer } },
  })
  client.on('error', () => {})
  await client.connect()
  stack.defer(() => client.destroy())
  const packr = new Packr({ moreTypes: true })
  const decode = (bytes: unknown): Profile => packr.unpack(bytes as Buffer) as Profile
  const { rows } = await execute<Profile>(cluster.primaryUrl, 'select * from bench.profile')
  for (const row of rows) await client.sendCommand(['SET', `raw:${row.id}`, packr.pack(row)])
  return {
    'GET and decode': async (id) => decode(await client.sendCommand(['GET', `raw:${id}`])),
    'MGET of two keys and decode': async (id) => {
      const [found] = await client.sendCommand<Buffer[]>(['MGET', `raw:${id}`, `changed:${id}`])
      return decode(found)
    },
  }
}

function bentocache(stack: AsyncDisposableStack, bytes: number): Read {
  const connection = new Redis(server.url)
  const driver = redisDriver({ connection, prefix: `bentocache-${bytes}` })
  const cache = new BentoCache({ default: 'redis', stores: { redis: bentostore().useL2Layer(driver) } })
  stack.defer(() => cache.disconnectAll())
  const pool = new pg.Pool({ connectionString: cluster.primaryUrl })
  stack.defer(() => pool.end())
  return (id) =>
    cache.getOrSet({
      key: id,
      ttl: '1h',
      factory: async () => {
        asked += 1
        const { rows } = await pool.query<Profile>('select * from bench.profile where id = $1', [id])
        return rows[0] as Profile
      },
    })
}

/** Until everything is answered without the database. Entries are on their way for a moment after they were read. */
async function fill(read: Read): Promise<void> {
  let before = -1
  while (before !== asked) {
    before = asked
    await Promise.all(IDS.map((id, index) => read(id, index % WORKERS)))
    await pause(100)
  }
}

function contender([name, read]: readonly [string, Read]): Contender<Cost> {
  return {
    name,
    round: () =>
      concurrently({ workers: WORKERS, ms: MS }, async (worker, turn) => {
        const id = IDS[worker * KEYS_EACH + (turn % KEYS_EACH)] as string
        const found = await read(id, worker)
        if (found.id !== id) throw new Error(`${name} gave another profile`)
        answered += 1
      }),
  }
}
