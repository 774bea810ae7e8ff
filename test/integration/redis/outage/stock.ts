import { command, module, query, tag } from 'fulcrum'
import { type App, createApp } from 'fulcrum/app'
import { postgres } from 'fulcrum/postgres'
import { redis } from 'fulcrum/redis'
import { z } from 'zod'

const amount = tag('amount', z.int())
const Amount = z.object({ id: z.int(), count: z.int() })

/** What answers may take. A busy machine is slow, and a hang is another thing. */
export const DEADLINE = '5s'

const contract = { latency: { deadline: DEADLINE } } as const
const cache = { strategy: 'aside', ttl: '30s', tiers: ['shared'] } as const

/** Not kept in the process, so that every answer shows what became of the shared cache. */
const getAmount = query('stock.get', {
  input: z.object({ id: z.int() }),
  output: Amount,
  reads: ({ id }) => [amount(id)],
  http: 'GET /stock/:id',
  contract: { ...contract, consistency: { session: 'read-your-writes' }, cache },
})
const setAmount = command('stock.set', {
  input: Amount,
  output: Amount,
  changes: ({ id }) => [amount(id)],
  http: 'PUT /stock/:id',
  contract: { idempotency: 'none', ...contract, transaction: { isolation: 'read committed' } },
})

const stock = module('stock', {
  migrations: [{ name: '0001_amount', up: 'CREATE TABLE amount (id int PRIMARY KEY, count int NOT NULL)' }],
  handlers: (on) => [
    on(getAmount, async ({ id }, { sql }) => {
      const [row] = await sql<z.infer<typeof Amount>>`SELECT id, count FROM stock.amount WHERE id = ${id}`
      return row ?? { id, count: 0 }
    }),
    on(setAmount, async (input, { sql }) => {
      await sql`INSERT INTO stock.amount VALUES (${input.id}, ${input.count}) ON CONFLICT (id) DO UPDATE SET count = ${input.count}`
      return input
    }),
  ],
})

/** An application that answers from a shared cache wherever it may. */
export function stockApp(databaseUrl: string, redisUrl: string): App {
  const config = {
    modules: [stock],
    store: postgres({ url: databaseUrl }),
    cache: redis({ url: redisUrl }),
  }
  return createApp(config, { env: {} })
}
