// What a hit in the process costs: `app.call` with labels, metrics and sessions, beside caches that have none of these. One key, and Zipf's
// law over 10,000.
import { command, module, query, type Schema, type Sql } from 'fulcrum'
import { createApp } from 'fulcrum/app'
import { postgres } from 'fulcrum/postgres'
import { alternate, type Contender } from './lib/alternate.ts'
import { startBenchCluster } from './lib/bench-cluster.ts'
import { execute } from './lib/execute.ts'
import { localCaches, type Read } from './lib/local-caches.ts'
import { print, printRatio } from './lib/outcome.ts'
import { timed } from './lib/timed.ts'
import { pinSelf } from './lib/pinned.ts'
import { Profile, profile, profileId, ProfileInput, profileSchema } from './lib/profiles.ts'

const KEYS = 10_000
const BYTES = 200
const CALLS = 2_000
const ROUNDS = 60
/** A power of two: so many keys are drawn beforehand, and come round. */
const READS = 65_536

/** Says what inputs are, which is what their keys are made from, and takes them as they are. */
const unchecked: Schema<{ id: string }, { id: string }> = {
  '~standard': {
    ...ProfileInput['~standard'],
    validate: (value) => ({ value: value as { id: string } }),
  },
}

const cache = { strategy: 'aside', ttl: '1h', scope: 'public' } as const
const CONTRACTS = {
  public: { consistency: 'eventual', cache },
  'per principal': { consistency: 'eventual', cache: { ...cache, scope: 'principal' } },
  'read-your-writes': { consistency: { session: 'read-your-writes' }, cache },
} as const
const INPUTS: Readonly<Record<string, Schema<{ id: string }, { id: string }>>> = {
  'no validator': unchecked,
  zod: ProfileInput,
}

const kinds = Object.entries(CONTRACTS).flatMap(([whose, contract]) =>
  Object.entries(INPUTS).map(([validator, input]) => ({ whose, contract, validator, input })),
)
const queries = kinds.map(({ whose, contract, validator, input }, index) => ({
  name: `Fulcrum, ${whose}, ${validator}`,
  whose,
  operation: query(`bench.read${index}`, {
    input,
    output: Profile,
    reads: ({ id }: { id: string }) => [profile(id)],
    contract: { ...contract, latency: { expect: '5ms' } },
  }),
}))
const touch = command('bench.touch', { input: ProfileInput, changes: ({ id }) => [profile(id)] })

/** How often a database was asked. */
let asked = 0
const select = async ({ id }: { id: string }, { sql }: { readonly sql: Sql }): Promise<Profile> => {
  asked += 1
  const [row] = await sql<Profile>`select * from bench.profile where id = ${id}`
  return row as Profile
}
const bench = module('bench', {
  migrations: [],
  handlers: (on) => [
    ...queries.map(({ operation }) => on(operation, select)),
    on(touch, async ({ id }, { sql }) => {
      await sql`update bench.profile set version = version + 1 where id = ${id}`
    }),
  ],
})

await using cluster = await startBenchCluster()
pinSelf('load')
await execute(cluster.primaryUrl, profileSchema(KEYS, BYTES))
// The six operations have entries of their own, more together than the default bound holds.
const store = postgres({ url: cluster.primaryUrl })
await using app = await createApp({ modules: [bench], store, localCache: { bytes: '1GB' } }).start()
const session = app.session()
await app.call(touch, { id: profileId(1) }, { session })
// The log goes on after the session's write, as it does on a server that others write to.
await execute(cluster.primaryUrl, 'update bench.profile set version = version + 1 where id = $$u00002$$')

const reads: Record<string, Read<Profile>> = {
  ...Object.fromEntries(queries.map((each) => [each.name, fulcrum(each)])),
  ...localCaches(await loader(), 2 * KEYS),
}
for (const read of Object.values(reads)) await fill(read)

await compare('one key', () => profileId(0))
await compare(`Zipf over ${KEYS.toLocaleString('en')} keys`, zipf())

async function compare(title: string, next: () => string): Promise<void> {
  const ids = Array.from({ length: READS }, next)
  let turn = 0
  const before = asked
  const contenders: Contender[] = [
    timed('bare async function', CALLS, async () => ids[turn++ & (READS - 1)]),
    ...Object.entries(reads).map(([name, read]) =>
      timed(name, CALLS, () => read(ids[turn++ & (READS - 1)] as string)),
    ),
  ]
  const figures = await alternate(contenders, { rounds: ROUNDS, warmUp: 10 })
  const notes = [`the database was asked ${asked - before} times`]
  const outcome = {
    title: `A hit in the process, ${title}`,
    unit: 'ns per call',
    better: 'less',
    figures,
    notes,
  } as const
  print(outcome)
  printRatio(outcome, ['Fulcrum, public, no validator', 'bentocache, getOrSet'], 20)
  printRatio(outcome, ['Fulcrum, read-your-writes, zod', 'bentocache, getOrSet'])
}

function fulcrum({ whose, operation }: (typeof queries)[number]): Read<Profile> {
  const principal = { id: '7c9e6679' }
  switch (whose) {
    case 'per principal':
      return (id) => app.call(operation, { id }, { principal })
    case 'read-your-writes':
      return (id) => app.call(operation, { id }, { session })
    default:
      return (id) => app.call(operation, { id })
  }
}

/** What peers load: they are not measured while they do. */
async function loader(): Promise<(id: string) => Promise<Profile>> {
  const { rows } = await execute<Profile>(cluster.primaryUrl, 'select * from bench.profile')
  const byId = new Map(rows.map((row) => [row.id, row]))
  return async (id) => {
    asked += 1
    return byId.get(id) as Profile
  }
}

async function fill(read: Read<Profile>): Promise<void> {
  for (let start = 0; start < KEYS; start += 100)
    await Promise.all(Array.from({ length: 100 }, (_, index) => read(profileId(start + index))))
}

/** Draws ids so that the one at place k comes in proportion to 1/k. */
function zipf(): () => string {
  const shares = Array.from({ length: KEYS }, (_, index) => 1 / (index + 1))
  const total = shares.reduce((sum, share) => sum + share, 0)
  let reached = 0
  const upTo = shares.map((share) => (reached += share / total))
  return () => {
    const drawn = Math.random()
    const place = upTo.findIndex((sum) => drawn < sum)
    return profileId(place === -1 ? 0 : place)
  }
}
