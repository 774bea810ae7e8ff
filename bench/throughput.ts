// A thousand calls at once, each of which writes one row that is on disk when it is answered: a batched command of Fulcrum beside pg by hand, one after another and
// over a pool, at three distances from the database. Every contender is given rows of the same size and says that they are committed.
import { command, module } from 'fulcrum'
import { createApp } from 'fulcrum/app'
import { postgres } from 'fulcrum/postgres'
import pg from 'pg'
import { z } from 'zod'
import { alternate, type Contender } from './lib/alternate.ts'
import { startBenchCluster } from './lib/bench-cluster.ts'
import { atDistance } from './lib/distance.ts'
import { type Outcome, print, printRatio } from './lib/outcome.ts'

const CALLS = 1_000
const CONNECTIONS = 32
const ROUNDS = 5
/** Those that are done sooner go on for so long, and their mean is the figure. */
const AT_LEAST_MS = 250
/** What a round trip takes besides the loopback interface, in milliseconds. */
const DISTANCES = [0, 1, 5]

const BATCHED = 'Fulcrum, batched'
const VALIDATED = 'Fulcrum, batched, zod'
const UNBATCHED = `Fulcrum, a transaction for each call, ${CONNECTIONS} connections`
const SEQUENTIAL = 'pg, prepared, one after another'
const POOLED = `pg Pool, prepared, ${CONNECTIONS} connections`
const BY_HAND = 'pg, prepared, one UNNEST for all'
const TARGETS = [
  [SEQUENTIAL, 80],
  [POOLED, 20],
] as const

interface Reading {
  readonly meter: number
  readonly kwh: number
}

const INSERT = 'INSERT INTO bench.reading (meter, kwh) VALUES ($1, $2)'
const INSERT_ALL = 'INSERT INTO bench.reading (meter, kwh) SELECT * FROM unnest($1::int[], $2::float8[])'

const contract = {
  transaction: { isolation: 'read committed' },
  throughput: { batch: { size: CALLS, wait: '20ms' } },
} as const
const anything = z.custom<Reading>()
const record = command('bench.record', { input: anything, contract })
const validated = command('bench.validated', {
  input: z.object({ meter: z.int(), kwh: z.number().nonnegative() }),
  contract,
})
const single = command('bench.single', { input: anything, contract: { transaction: contract.transaction } })

const bench = module('bench', {
  migrations: [
    {
      name: '0001_reading',
      up: 'CREATE TABLE reading (meter int NOT NULL, kwh double precision NOT NULL, at timestamptz NOT NULL DEFAULT now())',
    },
  ],
  handlers: (on) => [
    on(record, { many: async (inputs, { sql }) => void (await sql.query(INSERT_ALL, columns(inputs))) }),
    on(validated, { many: async (inputs, { sql }) => void (await sql.query(INSERT_ALL, columns(inputs))) }),
    on(single, async ({ meter, kwh }, { sql }) => void (await sql.query(INSERT, [meter, kwh]))),
  ],
})

/** How often somebody has written all of them. */
let rounds = 0
await using cluster = await startBenchCluster()
const readings = Array.from({ length: CALLS }, (_, meter): Reading => ({ meter, kwh: meter / 7 }))
for (const ms of DISTANCES) {
  await using distant = await atDistance(cluster.primaryUrl, ms)
  await measure(ms === 0 ? cluster.primaryUrl : distant.url, ms)
}

async function measure(url: string, ms: number): Promise<void> {
  await using app = await createApp({
    modules: [bench],
    store: postgres({ url, max: CONNECTIONS }),
  }).start()
  const client = new pg.Client(url)
  await client.connect()
  const pool = new pg.Pool({ connectionString: url, max: CONNECTIONS })
  pool.on('error', () => {})
  const all = (one: (reading: Reading) => Promise<unknown>) => (): Promise<unknown> =>
    Promise.all(readings.map(one))

  const contenders: readonly Contender[] = [
    contender(
      BATCHED,
      all((reading) => app.call(record, reading)),
    ),
    contender(
      VALIDATED,
      all((reading) => app.call(validated, reading)),
    ),
    contender(
      UNBATCHED,
      all((reading) => app.call(single, reading)),
    ),
    contender(SEQUENTIAL, async () => {
      for (const reading of readings) await client.query(insertOf(reading))
    }),
    contender(
      POOLED,
      all((reading) => pool.query(insertOf(reading))),
    ),
    contender(BY_HAND, () =>
      client.query({ name: 'insert all', text: INSERT_ALL, values: columns(readings) }),
    ),
  ]
  const figures = await alternate(contenders, { rounds: ROUNDS, warmUp: 1 })
  await verify(client)
  const where = ms === 0 ? 'on the loopback interface' : `${ms} ms away`
  const title = `${CALLS.toLocaleString('en')} durable inserts at once, the database ${where}`
  const outcome: Outcome = { title, unit: 'ms for all', better: 'less', figures }
  print(outcome)
  for (const [other, target] of TARGETS) printRatio(outcome, [BATCHED, other], target)
  await client.end()
  await pool.end()
}

function contender(name: string, work: () => Promise<unknown>): Contender {
  const round = async (): Promise<number> => {
    const start = performance.now()
    let times = 0
    for (; performance.now() < start + AT_LEAST_MS; times += 1) await work()
    rounds += times
    return (performance.now() - start) / times
  }
  return { name, round }
}

function insertOf({ meter, kwh }: Reading): pg.QueryConfig {
  return { name: 'insert', text: INSERT, values: [meter, kwh] }
}

function columns(inputs: readonly Reading[]): [number[], number[]] {
  return [inputs.map(({ meter }) => meter), inputs.map(({ kwh }) => kwh)]
}

/** Nobody has left anything out. */
async function verify(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ count: string }>('SELECT count(*) FROM bench.reading')
  if (Number(rows[0]?.count) !== rounds * CALLS) throw new Error(`${rows[0]?.count} rows were written`)
  await client.query('TRUNCATE bench.reading')
  rounds = 0
}
