import { command, error, importReport, ndjson, query, tag } from 'fulcrum'
import { z } from 'zod'
import { Id } from '../../shared/id.ts'
import { Money } from '../../shared/money.ts'
import { pageOf, paging } from '../../shared/page.ts'

export const product = tag('product', Id)
export const products = tag('products')

export const Product = z.object({ id: Id, name: z.string(), price: Money, version: z.int() })
export type Product = z.infer<typeof Product>

/** Up to a million, so that the total of the largest order is still exact. */
const Price = z.int().positive().max(100_000_000)

export const ProductNotFound = error('catalog.ProductNotFound', { status: 404, data: z.object({ id: Id }) })

export const getProduct = query('catalog.get', {
  summary: 'A product',
  input: z.object({ id: Id }),
  output: Product,
  errors: [ProductNotFound],
  http: 'GET /products/:id',
  reads: ({ id }) => [product(id)],
  version: ({ version }) => version,
  contract: {
    consistency: { staleness: '5s', onPartition: 'serve-stale' },
    cache: { strategy: 'aside', ttl: '5s', refreshEarly: true },
    latency: { deadline: '250ms', expect: '5ms' },
    data: { class: 'public' },
    slo: { availability: 99.95, latency: { under: '50ms', target: 99 } },
    because: 'ADR-0010',
  },
})

export const listProducts = query('catalog.list', {
  summary: 'All products, page by page',
  input: z.object(paging(Id)),
  output: pageOf(Product),
  http: 'GET /products',
  reads: () => [products()],
  contract: {
    consistency: { staleness: '30s', onPartition: 'serve-stale' },
    cache: { strategy: 'aside', ttl: '30s' },
    latency: { deadline: '500ms', expect: '5ms' },
    data: { class: 'public' },
    slo: { availability: 99.9, latency: { under: '100ms', target: 99 } },
    because: 'ADR-0010',
  },
})

export const changePrice = command('catalog.changePrice', {
  summary: 'Change the price of a product; orders keep the price they were placed at',
  input: z.object({ id: Id, amount: Price }),
  output: Product,
  errors: [ProductNotFound],
  http: 'PATCH /products/:id/price',
  changes: ({ id }) => [product(id), products()],
  version: ({ version }) => version,
  contract: {
    idempotency: { key: 'header' },
    transaction: { isolation: 'read committed', ifMatch: 'optional' },
    latency: { deadline: '1s' },
    data: { class: 'public' },
    because: 'ADR-0006',
  },
})

/** The whole assortment, however long: what is new is added, what is known is changed, and what is not in it stays. */
export const importProducts = command('catalog.import', {
  summary:
    'Import products, one on each line; goes on where it was cut off when it is sent again with its key',
  input: ndjson(z.object({ id: Id, name: z.string().trim().min(1).max(200), amount: Price })),
  output: importReport,
  http: 'POST /products/import',
  changes: (rows) => [...rows.map(({ id }) => product(id)), products()],
  contract: {
    idempotency: { key: 'header', ttl: '7d' },
    transaction: { isolation: 'read committed' },
    latency: { deadline: '10s' },
    data: { class: 'public' },
    because: 'ADR-0006',
  },
})

/** For other modules: the products among `ids` that exist. Strong, since orders are priced from it. */
export const findProducts = query('catalog.find', {
  input: z.object({ ids: z.array(Id) }),
  output: z.array(Product),
  reads: ({ ids }) => ids.map((id) => product(id)),
  contract: { data: { class: 'public' }, because: 'ADR-0001' },
})
