import { command, error, module, query, tag } from 'fulcrum'
import { type App, createApp, defineConfig } from 'fulcrum/app'
import { postgres } from 'fulcrum/postgres'
import { redis } from 'fulcrum/redis'
import { z } from 'zod'

export const product = tag('product', z.string())
export const NoProduct = error('products.NotFound', { status: 404, data: z.object({ id: z.string() }) })

const Product = z.object({ id: z.string(), price: z.int() })
type Product = z.infer<typeof Product>

export const getProduct = query('products.get', {
  input: z.object({ id: z.string() }),
  output: Product,
  errors: [NoProduct],
  reads: ({ id }) => [product(id)],
  contract: {
    consistency: { staleness: '5m', session: 'read-your-writes' },
    cache: { strategy: 'aside', ttl: '5m', jitter: 0, negativeTtl: '5m' },
    latency: { deadline: '10s' },
    data: { class: 'public' },
  },
})

/** Read anew by whoever changes it. */
export const showProduct = query('products.show', {
  input: z.object({ id: z.string() }),
  output: Product,
  errors: [NoProduct],
  reads: ({ id }) => [product(id)],
  contract: {
    consistency: { staleness: '5m', session: 'read-your-writes' },
    cache: {
      strategy: 'write-through',
      inputOf: { tag: product, input: (id: string) => ({ id }) },
      ttl: '5m',
      jitter: 0,
    },
    latency: { deadline: '10s' },
    data: { class: 'public' },
  },
})

/** Nothing but a bump ends what is cached of it. */
export const countProducts = query('products.count', {
  output: z.object({ count: z.int() }),
  contract: {
    consistency: 'eventual',
    cache: { strategy: 'aside', ttl: '5m', jitter: 0, invalidation: 'version' },
    latency: { deadline: '10s' },
  },
})

export const setPrice = command('products.setPrice', {
  input: Product,
  output: Product,
  changes: ({ id }) => [product(id)],
  contract: { latency: { deadline: '10s' } },
})

/** Another system, which has no positions: how many pieces there are, by product. */
export type Warehouse = Map<string, number>

const Stock = z.object({ id: z.string(), pieces: z.int() })

/** Made of a row and of what the warehouse says. */
export const offerProduct = query('products.offer', {
  input: z.object({ id: z.string() }),
  output: Stock.extend({ price: z.int() }),
  reads: ({ id }) => [product(id)],
  contract: {
    consistency: 'eventual',
    cache: { strategy: 'aside', ttl: '5m', jitter: 0 },
    latency: { deadline: '10s' },
    data: { class: 'public' },
  },
})

/** Of a module without tables, so it has no transaction and no position. */
export const setPieces = command('warehouse.setPieces', {
  input: Stock,
  changes: ({ id }) => [product(id)],
})

function warehouse(stock: Warehouse) {
  return module('warehouse', {
    handlers: (on) => [on(setPieces, ({ id, pieces }) => void stock.set(id, pieces))],
  })
}

/** What the handlers of one instance were asked. */
export interface Asked {
  readonly single: string[]
  readonly bulk: (readonly string[])[]
  readonly shown: string[]
  readonly offered: string[]
}

function products(asked: Asked, stock: Warehouse) {
  return module('products', {
    migrations: [
      { name: '0001_product', up: 'CREATE TABLE product (id text PRIMARY KEY, price int NOT NULL)' },
    ],
    handlers: (on) => [
      on(
        getProduct,
        async ({ id }, { sql, fail }) => {
          asked.single.push(id)
          const [row] = await sql<Product>`SELECT id, price FROM products.product WHERE id = ${id}`
          return row ?? fail(NoProduct, { id })
        },
        {
          many: async (inputs, { sql, failure }) => {
            const ids = inputs.map(({ id }) => id)
            asked.bulk.push(ids)
            const rows = await sql<Product>`SELECT id, price FROM products.product WHERE id = ANY(${ids})`
            const byId = new Map(rows.map((row) => [row.id, row]))
            return ids.map((id) => byId.get(id) ?? failure(NoProduct, { id }))
          },
        },
      ),
      on(showProduct, async ({ id }, { sql, fail }) => {
        asked.shown.push(id)
        const [row] = await sql<Product>`SELECT id, price FROM products.product WHERE id = ${id}`
        return row ?? fail(NoProduct, { id })
      }),
      on(offerProduct, async ({ id }, { sql }) => {
        asked.offered.push(id)
        const pieces = stock.get(id) ?? 0
        const [row] = await sql<Product>`SELECT price FROM products.product WHERE id = ${id}`
        return { id, pieces, price: row?.price ?? 0 }
      }),
      on(countProducts, async (_, { sql }) => {
        const [row] = await sql<{ count: number }>`SELECT count(*)::int AS count FROM products.product`
        return row ?? { count: 0 }
      }),
      on(setPrice, async ({ id, price }, { sql }) => {
        await sql`INSERT INTO products.product VALUES (${id}, ${price}) ON CONFLICT (id) DO UPDATE SET price = ${price}`
        return { id, price }
      }),
    ],
  })
}

export interface Places {
  readonly url: string
  /** Default: no replica. */
  readonly replicaUrl?: string
  readonly redisUrl: string
  /** Default: an empty one. */
  readonly stock?: Warehouse
}

/** One instance, started, and what its handlers are asked. */
export async function productsApp({
  url,
  replicaUrl,
  redisUrl,
  stock = new Map(),
}: Places): Promise<{ app: App; asked: Asked }> {
  const asked: Asked = { single: [], bulk: [], shown: [], offered: [] }
  const config = defineConfig({
    modules: [products(asked, stock), warehouse(stock)],
    store: postgres({ url, replicas: replicaUrl === undefined ? [] : [replicaUrl] }),
    // A busy machine may be slow, and nothing here is about a Redis that is.
    cache: redis({ url: redisUrl, timeout: '5s' }),
  })
  return { app: await createApp(config, { env: {} }).start(), asked }
}
