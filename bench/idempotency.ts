// What it costs that a command happens once: the same command with and without a key, 32 at a time, as durable as in production. One that inserts a row,
// which is the least that a command can do, and one of five statements, as an order has.
import { command, type CommandContract, module, type Sql, type TransactionTerms } from 'fulcrum'
import { createApp } from 'fulcrum/app'
import { postgres } from 'fulcrum/postgres'
import { z } from 'zod'
import { alternate, type Contender, pick } from './lib/alternate.ts'
import { startBenchCluster } from './lib/bench-cluster.ts'
import { concurrently } from './lib/concurrently.ts'
import { execute } from './lib/execute.ts'
import { type Outcome, print, printTimes } from './lib/outcome.ts'
import { pinSelf } from './lib/pinned.ts'
import { serverCpu } from './lib/server-cpu.ts'

const WORKERS = 32
const ROWS = 10_000
const MS = 1_000

const Input = z.object({ id: z.string(), account: z.int() })
const Output = z.object({ id: z.string(), status: z.string() })
const once: CommandContract = { idempotency: { key: 'header' } }

function commands<const Name extends string>(name: Name, transaction: TransactionTerms) {
  const shared = { input: Input, output: Output }
  return {
    plain: command(`bench.${name}`, { ...shared, contract: { transaction } }),
    once: command(`bench.${name}Once`, { ...shared, contract: { transaction, ...once } }),
  }
}

const kinds = {
  'one insert': commands('insert', { isolation: 'serializable' }),
  'one insert, read committed': commands('insertRc', { isolation: 'read committed' }),
  'five statements, read committed': commands('order', { isolation: 'read committed' }),
}

async function insert({ id, account }: z.infer<typeof Input>, { sql }: { readonly sql: Sql }) {
  await sql`insert into bench.entry (id, account, amount) values (${id}, ${account}, ${1})`
  return { id, status: 'placed' }
}

async function order(input: z.infer<typeof Input>, ctx: { readonly sql: Sql }) {
  const { sql } = ctx
  const [account] = await sql<{
    balance: number
  }>`select balance from bench.account where id = ${input.account}`
  await sql`update bench.account set balance = ${(account?.balance ?? 0) - 1} where id = ${input.account}`
  await insert(input, ctx)
  await sql`insert into bench.line (entry, product) values (${input.id}, ${1}), (${input.id}, ${2})`
  await sql`select count(*) from bench.line where entry = ${input.id}`
  return { id: input.id, status: 'placed' }
}

await using cluster = await startBenchCluster()
await execute(
  cluster.primaryUrl,
  `create schema bench;
   create table bench.entry (id uuid primary key, account int not null, amount int not null, at timestamptz not null default now());
   create table bench.line (entry uuid not null, product int not null, primary key (entry, product));
   create table bench.account (id int primary key, balance int not null);
   insert into bench.account select n, 1000 from generate_series(0, ${ROWS - 1}) as n`,
)
const bench = module('bench', {
  handlers: (on) =>
    Object.entries(kinds).flatMap(([name, { plain, once: twin }]) => {
      const handler = name.startsWith('five') ? order : insert
      return [on(plain, handler), on(twin, handler)]
    }),
})
await using app = await createApp({ modules: [bench], store: postgres({ url: cluster.primaryUrl }) }).start()
const serverTime = await serverCpu(cluster.primaryUrl)
pinSelf('load')

/** What all of them have in common. */
type Placing = (typeof kinds)[keyof typeof kinds]['plain' | 'once']

interface Figure {
  readonly took: number
  readonly cpu: number
  readonly server: number
}

for (const [name, pair] of Object.entries(kinds)) {
  const figures = await alternate([contender('without a key', pair.plain), contender('once', pair.once)], {
    rounds: 7,
  })
  const outcome: Outcome = {
    title: `${name}, ${WORKERS} at a time`,
    unit: 'µs per command',
    better: 'less',
    figures: pick(figures, ({ took }) => took),
  }
  print(outcome)
  printTimes(outcome, 'once', 'without a key')
  for (const [title, aspect] of [
    ['… processor of this process', ({ cpu }: Figure) => cpu],
    ['… processor of PostgreSQL', ({ server }: Figure) => server],
  ] as const)
    print({ title, unit: 'µs per command', better: 'less', figures: pick(figures, aspect) })
}

function contender(name: string, operation: Placing): Contender<Figure> {
  const takesKey = operation.contract.idempotency !== undefined
  return {
    name,
    round: async () => {
      const before = serverTime()
      let count = 0
      const cost = await concurrently({ workers: WORKERS, ms: MS }, async (worker, turn) => {
        count += 1
        const id: string = crypto.randomUUID()
        const account = (worker * 311 + turn * 7) % ROWS
        await app.call(operation, { id, account }, takesKey ? { idempotencyKey: id } : {})
      })
      return { ...cost, server: (serverTime() - before) / count }
    },
  }
}
