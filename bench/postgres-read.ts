// What a point read costs in process, 32 at a time: a store's pipelined and dedicated reads against pg by hand. Time on the clock, and time on
// this process's CPU, which is what a server has left for everything else.
import { postgres } from '../packages/fulcrum/src/adapters/postgres/source.ts'
import pg from 'pg'
import { createRealClock } from '../packages/fulcrum/src/kernel/clock-real.ts'
import { Deadline } from '../packages/fulcrum/src/kernel/deadline.ts'
import { createRealRandom } from '../packages/fulcrum/src/kernel/random-real.ts'
import type { ReadTerms, Store } from '../packages/fulcrum/src/ports/store.ts'
import { alternate, type Contender, pick } from './lib/alternate.ts'
import { startBenchCluster } from './lib/bench-cluster.ts'
import { print } from './lib/outcome.ts'

/** Microseconds per read. */
interface Read {
  readonly took: number
  readonly cpu: number
}

const CONCURRENT = 32
const MS = 250
const TEXT = 'SELECT id, name, price, note FROM product WHERE id = $1'

const PIPELINED: ReadTerms = { target: 'primary', lane: 'pipelined', bracket: 'none', sees: 'each' }

const clock = createRealClock()
const random = createRealRandom()
await using cluster = await startBenchCluster()
const url = cluster.primaryUrl

const setup = new pg.Client(url)
await setup.connect()
await setup.query(`
  CREATE TABLE product (id int PRIMARY KEY, name text NOT NULL, price int NOT NULL, note text);
  INSERT INTO product SELECT n, 'product ' || n, n * 100 FROM generate_series(1, 1000) n;
  ANALYZE product`)
await setup.end()

const pool = new pg.Pool({ connectionString: url, max: 10 })
// A pool has ended before its sockets have, and the server goes away behind it.
pool.on('error', () => {})
const pipes = [
  new pg.Client({ connectionString: url, pipeline: true }),
  new pg.Client({ connectionString: url, pipeline: true }),
]
for (const pipe of pipes) await pipe.connect()
const stores = { two: await started(2), one: await started(1) }

let turn = 0
const config = (id: number): pg.QueryConfig => ({ name: 'product', text: TEXT, values: [id] })

const contenders: readonly Contender<Read>[] = [
  contender('pg Pool, prepared, 10 connections', (id) => pool.query(config(id))),
  contender('pg, pipelined, 1 connection', (id) => (pipes[0] as pg.Client).query(config(id))),
  contender('pg, pipelined, 2 connections', (id) => (pipes[turn++ % 2] as pg.Client).query(config(id))),
  contender('store, pipelined, 1 connection', reading(stores.one, PIPELINED)),
  contender('store, pipelined, 2 connections', reading(stores.two, PIPELINED)),
  contender('store, 1 connection, lower bound', reading(stores.one, { ...PIPELINED, bracket: 'lower' })),
  contender('store, 1 connection, both bounds', reading(stores.one, { ...PIPELINED, bracket: 'both' })),
  contender('store, 2 connections, lower bound', reading(stores.two, { ...PIPELINED, bracket: 'lower' })),
  contender('store, 2 connections, both bounds', reading(stores.two, { ...PIPELINED, bracket: 'both' })),
  contender(
    'store, dedicated, both bounds',
    reading(stores.two, { ...PIPELINED, lane: 'dedicated', bracket: 'both' }),
  ),
  contender('store, one snapshot', reading(stores.two, { ...PIPELINED, sees: 'snapshot', bracket: 'both' })),
  contender('store, dedicated, 10 connections', reading(stores.two, { ...PIPELINED, lane: 'dedicated' })),
]

const title = `A point read, ${CONCURRENT} at a time`
const figures = await alternate(contenders, { rounds: 5, warmUp: 1 })
print({ title, unit: 'µs per read', better: 'less', figures: pick(figures, ({ took }) => took) })
const onCpu = pick(figures, ({ cpu }) => cpu)
print({ title: 'of which on the CPU of this process', unit: 'µs per read', better: 'less', figures: onCpu })

for (const store of Object.values(stores)) await store.close(Deadline.after(clock, 1_000))
for (const pipe of pipes) await pipe.end()
await pool.end()

async function started(pipelined: number): Promise<Store> {
  const { store } = await postgres({ url, pipelined }).open({ clock, random, log: console.error })
  await store.start(Deadline.after(clock, 10_000))
  return store
}

/** As a call of the runtime does it: a session, its statement, a deadline that nobody watches. */
function reading(store: Store, terms: ReadTerms): (id: number) => Promise<{ rows: unknown[] }> {
  const probe = { ok() {}, failed() {}, statement() {}, retried() {}, noted() {} }
  return async (id) => {
    const deadline = Deadline.after(clock, 1_000)
    const session = store.read(terms, { operation: 'bench.read', deadline, probe })
    try {
      return await session.run(TEXT, [id])
    } finally {
      session.release()
    }
  }
}

function contender(name: string, read: (id: number) => Promise<{ rows: unknown[] }>): Contender<Read> {
  const worker = async (first: number, end: number): Promise<number> => {
    let id = first
    let count = 0
    for (; performance.now() < end; count++) {
      id = ((id * 7 + 1) % 1000) + 1
      const { rows } = await read(id)
      if ((rows[0] as { id: number }).id !== id) throw new Error(`${name} gave another row`)
    }
    return count
  }
  const round = async (): Promise<Read> => {
    const before = process.cpuUsage()
    const start = performance.now()
    const counts = await Promise.all(
      Array.from({ length: CONCURRENT }, (_, first) => worker(first, start + MS)),
    )
    const reads = counts.reduce((sum, count) => sum + count, 0)
    const { user, system } = process.cpuUsage(before)
    return { took: ((performance.now() - start) / reads) * 1e3, cpu: (user + system) / reads }
  }
  return { name, round }
}
