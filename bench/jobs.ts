// How many jobs a second one process runs, 16 at once, each with an insert: Fulcrum's, which are applied once, beside those of pg-boss, graphile-worker and
// BullMQ, whose jobs insert over a pool of connections and are applied again when a process is lost between the insert and saying so.
import { job, module } from 'fulcrum'
import { createApp } from 'fulcrum/app'
import { postgres } from 'fulcrum/postgres'
import { Queue, Worker } from 'bullmq'
import { Logger, type Runner, run, runMigrations } from 'graphile-worker'
import pg from 'pg'
import { PgBoss } from 'pg-boss'
import { z } from 'zod'
import { alternate, type Contender } from './lib/alternate.ts'
import { startBenchCluster } from './lib/bench-cluster.ts'
import { BenchRedis } from './lib/bench-redis.ts'
import { execute } from './lib/execute.ts'
import { print } from './lib/outcome.ts'
import { pinSelf } from './lib/pinned.ts'

const JOBS = 5_000
const AT_ONCE = 16
const PATIENCE_MS = 60_000
const INSERT = 'insert into bench.applied (n) values ($1)'

await using cluster = await startBenchCluster()
await using redis = await BenchRedis.start()
const url = cluster.primaryUrl
await execute(
  url,
  'create schema bench; create table bench.applied (n int not null, at timestamptz not null default now())',
)
pinSelf('load')
const ends: (() => Promise<unknown>)[] = []
const numbers = Array.from({ length: JOBS }, (_, n) => n)

print({
  title: `${JOBS} jobs, each with an insert, ${AT_ONCE} at once`,
  unit: 'jobs per second',
  better: 'more',
  figures: await alternate([await fulcrum(), await pgBoss(), await graphile(), await bullmq()], {
    rounds: 5,
    warmUp: 1,
  }),
  notes: ['all of them wait in their queues when the process begins'],
})

async function fulcrum(): Promise<Contender> {
  const apply = job('work.apply', {
    input: z.object({ n: z.int() }),
    contract: { delivery: { concurrency: AT_ONCE }, transaction: { isolation: 'read committed' } },
  })
  const work = module('work', {
    migrations: [{ name: '0001_work', up: 'SELECT' }],
    handlers: (on) => [
      on(apply, async ({ n }, { sql }) => {
        await sql`insert into bench.applied (n) values (${n})`
      }),
    ],
  })
  const start = (doesRun: boolean) =>
    createApp(
      { modules: [work], store: postgres({ url }), jobs: { run: doesRun } },
      { log: () => {} },
    ).start()
  return contender('Fulcrum', {
    enqueue: async () => {
      await using app = await start(false)
      await inLots(100, (n) => app.enqueue(apply, { n }))
    },
    begin: async () => {
      const app = await start(true)
      return () => app.close()
    },
  })
}

async function pgBoss(): Promise<Contender> {
  const pool = new pg.Pool({ connectionString: url, max: AT_ONCE })
  const boss = new PgBoss({ connectionString: url, supervise: false, schedule: false })
  boss.on('error', () => {})
  await boss.start()
  await boss.createQueue('apply')
  const options = { batchSize: AT_ONCE, burstWhenBatchFull: true, pollingIntervalSeconds: 0.5 }
  return contender('pg-boss', {
    enqueue: async () =>
      void (await boss.insert(
        'apply',
        numbers.map((n) => ({ data: { n } })),
      )),
    begin: async () => {
      const id = await boss.work<{ n: number }>('apply', options, async (jobs) => {
        await Promise.all(jobs.map(({ data }) => pool.query(INSERT, [data.n])))
      })
      return () => boss.offWork('apply', { id })
    },
    end: async () => {
      await boss.stop({ graceful: false })
      await pool.end()
    },
  })
}

async function graphile(): Promise<Contender> {
  const pool = new pg.Pool({ connectionString: url, max: AT_ONCE })
  const options = { connectionString: url, schema: 'graphile', logger: silent(), concurrency: AT_ONCE }
  await runMigrations(options)
  return contender('graphile-worker', {
    enqueue: async () => {
      await execute(
        url,
        `select graphile.add_jobs(array(select row('apply', json_build_object('n', n), null, null, null, null, null, null)::graphile.job_spec
           from generate_series(1, ${JOBS}) as n))`,
      )
    },
    begin: async () => {
      const runner: Runner = await run({
        ...options,
        noHandleSignals: true,
        taskList: { apply: async (data) => void (await pool.query(INSERT, [(data as { n: number }).n])) },
      })
      return () => runner.stop()
    },
    end: () => pool.end(),
  })
}

function silent() {
  return new Logger(() => () => {})
}

async function bullmq(): Promise<Contender> {
  const pool = new pg.Pool({ connectionString: url, max: AT_ONCE })
  const { hostname: host, port } = new URL(redis.url)
  const connection = { host, port: Number(port), maxRetriesPerRequest: null }
  const queue = new Queue<{ n: number }>('apply', { connection })
  return contender('BullMQ', {
    enqueue: async () =>
      void (await queue.addBulk(
        numbers.map((n) => ({ name: 'apply', data: { n }, opts: { removeOnComplete: true } })),
      )),
    begin: async () => {
      const worker = new Worker<{ n: number }>(
        'apply',
        async ({ data }) => void (await pool.query(INSERT, [data.n])),
        { connection, concurrency: AT_ONCE },
      )
      return () => worker.close()
    },
    end: async () => {
      await queue.close()
      await pool.end()
    },
  })
}

interface Runs {
  /** Puts all jobs into the queue. */
  readonly enqueue: () => Promise<void>
  /** Begins to run them; what it resolves with ends that. */
  readonly begin: () => Promise<() => Promise<unknown>>
  readonly end?: () => Promise<unknown>
}

function contender(name: string, { enqueue, begin, end }: Runs): Contender {
  if (end !== undefined) ends.push(end)
  return {
    name,
    round: async () => {
      await execute(url, 'truncate bench.applied')
      await enqueue()
      const stop = await begin()
      const rate = await perSecond(name)
      await stop()
      if (process.env['TRACE']) console.error(name, rate, performance.now() | 0)
      return rate
    },
  }
}

/** By the clock of the database, from the first to the last: what it takes to begin is another matter. */
async function perSecond(name: string): Promise<number> {
  for (const end = performance.now() + PATIENCE_MS; performance.now() < end;) {
    const { rows } = await execute<{ n: number; s: number }>(
      url,
      'select count(*)::int as n, extract(epoch from max(at) - min(at))::float8 as s from bench.applied',
    )
    if ((rows[0]?.n ?? 0) >= JOBS) return JOBS / (rows[0]?.s ?? Infinity)
    await new Promise((again) => setTimeout(again, 100))
  }
  throw new Error(`${name} has not run its jobs within ${PATIENCE_MS} ms`)
}

async function inLots(size: number, one: (n: number) => Promise<unknown>): Promise<void> {
  for (let from = 0; from < JOBS; from += size) await Promise.all(numbers.slice(from, from + size).map(one))
}

await Promise.all(ends.map((end) => end()))
