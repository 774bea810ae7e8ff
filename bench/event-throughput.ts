// Events: what emitting one adds to a command, and how many are delivered and applied per second, next to pg-boss doing the same by hand. As durable as in
// production; nothing is batched by a contract.
import { command, event, module, type Module, type Sql } from 'fulcrum'
import { type App, createApp } from 'fulcrum/app'
import { postgres } from 'fulcrum/postgres'
import pg from 'pg'
import { PgBoss } from 'pg-boss'
import { z } from 'zod'
import { alternate, type Contender, pick } from './lib/alternate.ts'
import { startBenchCluster } from './lib/bench-cluster.ts'
import { concurrently } from './lib/concurrently.ts'
import { execute } from './lib/execute.ts'
import { type Outcome, print, printRatio } from './lib/outcome.ts'
import { pinSelf } from './lib/pinned.ts'

const WORKERS = 32
const MS = 1_000
const EVENTS = 10_000
const EMITTED_AT_ONCE = 1_000

const ALONE = 'without an event'
const TELLING = 'with one event'

const Input = z.object({ id: z.string(), account: z.int() })
const Entered = event('bench.Entered', z.object({ n: z.int() }), { key: ({ n }) => String(n % 1_000) })
const contract = { transaction: { isolation: 'read committed' } } as const
const enter = command('bench.enter', { input: Input, contract })
const enterAndTell = command('bench.enterAndTell', { input: Input, emits: [Entered], contract })
const tellMany = command('bench.tellMany', { input: z.int(), emits: [Entered], contract })

async function insert({ id, account }: z.infer<typeof Input>, { sql }: { readonly sql: Sql }): Promise<void> {
  await sql`insert into bench.entry (id, account) values (${id}, ${account})`
}

async function apply({ n }: { readonly n: number }, { sql }: { readonly sql: Sql }): Promise<void> {
  await sql`insert into bench.applied (n) values (${n})`
}

const commands = module('bench', {
  handlers: (on) => [
    on(enter, insert),
    on(enterAndTell, async (input, ctx) => {
      await insert(input, ctx)
      ctx.emit(Entered, { n: input.account })
    }),
    on(tellMany, (count, { emit }) => {
      for (let n = 0; n < count; n += 1) emit(Entered, { n })
    }),
  ],
})
const listeners = (concurrency: number) =>
  module('heard', {
    handlers: (on) => [on(Entered, apply, { contract: { ...contract, delivery: { concurrency } } })],
  })

const bulkListeners = module('heard', {
  handlers: (on) => [
    on(
      Entered,
      {
        many: async (events, { sql }) => {
          await sql`insert into bench.applied (n) select unnest(${events.map(({ data }) => data.n)}::int[])`
        },
      },
      { contract },
    ),
  ],
})

await using cluster = await startBenchCluster()
const url = cluster.primaryUrl
await execute(
  url,
  `create schema bench;
   create table bench.entry (id uuid primary key, account int not null, at timestamptz not null default now());
   create table bench.applied (n int not null, at timestamptz not null default now())`,
)
pinSelf('load')
await emitting()
await delivering()

async function emitting(): Promise<void> {
  await using app = await createApp(
    { modules: [commands], store: postgres({ url }) },
    { log: () => {} },
  ).start()
  const contenders = [calls(app, ALONE, enter), calls(app, TELLING, enterAndTell)]
  const outcome: Outcome = {
    title: `A command of one insert, ${WORKERS} at a time`,
    unit: 'µs per command',
    better: 'less',
    figures: pick(await alternate(contenders, { rounds: 9 }), ({ took }) => took),
  }
  print(outcome)
  printRatio(outcome, [TELLING, ALONE], 0.85)
}

function calls(app: App, name: string, operation: typeof enter | typeof enterAndTell) {
  return {
    name,
    round: () =>
      concurrently({ workers: WORKERS, ms: MS }, (worker, turn) => {
        const id: string = crypto.randomUUID()
        return app.call(operation, { id, account: worker * 311 + turn })
      }),
  }
}

async function delivering(): Promise<void> {
  const contenders = [
    subscriber('Fulcrum, one at a time', listeners(1)),
    subscriber('Fulcrum, 16 handlers at once', listeners(16)),
    subscriber('Fulcrum, a form for many', bulkListeners),
    byHand('pg-boss, fetch and complete by hand'),
  ]
  const outcome: Outcome = {
    title: `${EVENTS} events delivered, each with an insert of its handler`,
    unit: 'events per second',
    better: 'more',
    figures: await alternate(contenders, { rounds: 3, warmUp: 1 }),
    notes: [
      'one subscriber of one instance; pg-boss fetches 500 at a time and inserts in one transaction with completing them',
    ],
  }
  print(outcome)
}

/** Events wait first: an instance without the subscriber has emitted them. */
function subscriber(name: string, listening: Module): Contender {
  const modules = [commands, listening]
  return {
    name,
    round: async () => {
      {
        await using _once = await createApp({ modules, store: postgres({ url }) }, { log: () => {} }).start()
      }
      {
        await using emitter = await createApp(
          { modules: [commands], store: postgres({ url }) },
          { log: () => {} },
        ).start()
        for (let left = EVENTS; left > 0; left -= EMITTED_AT_ONCE)
          await emitter.call(tellMany, EMITTED_AT_ONCE)
      }
      await execute(url, 'truncate bench.applied')
      const app = createApp({ modules, store: postgres({ url }) }, { log: () => {} })
      await using _closing = app
      await app.start()
      return await perSecond()
    },
  }
}

/** From the first transaction that has applied some until all are applied; by the clock of the database. */
async function perSecond(): Promise<number> {
  const started = performance.now()
  for (;;) {
    const { rows } = await execute<{ n: number }>(url, 'select count(*)::int as n from bench.applied')
    if ((rows[0]?.n ?? 0) >= EVENTS) return EVENTS / ((performance.now() - started) / 1e3)
    await new Promise((again) => setTimeout(again, 5))
  }
}

/** The same with pg-boss's own functions: what is fetched is applied and completed in one transaction. */
function byHand(name: string): Contender {
  return {
    name,
    round: async () => {
      const boss = new PgBoss({ connectionString: url, supervise: false, schedule: false })
      await boss.start()
      await boss.createQueue('bench')
      for (let left = EVENTS; left > 0; left -= EMITTED_AT_ONCE)
        await boss.insert(
          'bench',
          Array.from({ length: EMITTED_AT_ONCE }, (_, n) => ({ data: { n } })),
        )
      await execute(url, 'truncate bench.applied')
      const client = new pg.Client({ connectionString: url })
      await client.connect()
      const db = { executeSql: (text: string, values?: unknown[]) => client.query(text, values) }
      const started = performance.now()
      for (let applied = 0; applied < EVENTS;) {
        await client.query('begin')
        if (performance.now() - started > 20_000) throw new Error('pg-boss has stopped giving jobs')
        const jobs = await boss.fetch<{ n: number }>('bench', { batchSize: 500, db } as never)
        for (const { data } of jobs)
          await client.query({
            name: 'apply',
            text: 'insert into bench.applied (n) values ($1)',
            values: [data.n],
          })
        await boss.complete(
          'bench',
          jobs.map(({ id }) => id),
          undefined,
          { db },
        )
        await client.query('commit')
        applied += jobs.length
      }
      const rate = EVENTS / ((performance.now() - started) / 1e3)
      await client.end()
      await boss.stop({ graceful: false })
      return rate
    },
  }
}
