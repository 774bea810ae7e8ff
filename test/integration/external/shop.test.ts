import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Product } from '../../../examples/shop/modules/catalog/api.ts'
import type { Order } from '../../../examples/shop/modules/orders/api.ts'
import { waitFor } from '../../support/wait-for.ts'
import { customerId, productId } from '../shop/support/ids.ts'
import { someText, textLike } from '../shop/support/matchers.ts'
import { expectInvalid, expectProblem } from '../shop/support/problems.ts'
import {
  openShop,
  request,
  type Answer,
  statementOn,
  type Shop,
  type ShopDatabase,
} from '../shop/support/shop.ts'
import { type DebianCluster, startDebianCluster } from './debian-cluster.ts'
import { type Asked, EVENTUAL, ROUTES, STREAMS } from './shop-routes.ts'

interface Readiness {
  readonly dependencies: readonly { readonly problem?: string }[]
}

let cluster: DebianCluster
let database: ShopDatabase
let shop: Shop
const open = new AsyncDisposableStack()
beforeAll(async () => {
  cluster = open.use(await startDebianCluster())
  database = open.use(await cluster.createDatabase('shop'))
  shop = open.use(await openShop(database))
  await waitFor(async () => (await sourceOf(EVENTUAL[0]?.good as Asked)) === 'replica', { deadline: 20_000 })
})
afterAll(() => open.disposeAsync())

function ask<T>({ method, path, body }: Asked): Promise<Answer<T>> {
  return request<T>(shop.url + path, { method, body })
}

async function sourceOf(asked: Asked): Promise<string | null> {
  const { status, headers } = await ask(asked)
  expect(status).toBe(200)
  return headers.get('fulcrum-source')
}

/** Waits until every eventual read is answered by the node. */
async function eventualReadsCome(from: 'primary' | 'replica'): Promise<void> {
  await Promise.all(
    EVENTUAL.map(({ name, good }) =>
      waitFor(async () => (await sourceOf(good)) === from, { deadline: 20_000, what: `${from} for ${name}` }),
    ),
  )
}

test('the servers are those of Debian', async () => {
  for (const server of [cluster.primary, cluster.replica]) {
    const [row] = await cluster.ask(server, 'SELECT version()')
    expect(row).toEqual({ version: textLike(/^PostgreSQL 15\..*Debian/) })
  }
})

describe.each(ROUTES)('$name', ({ good, status, answer, source, bad, field }) => {
  test('answers with all that it promises', async () => {
    const found = await ask(good)
    expect(found.body).toEqual(answer)
    expect(found.status).toBe(status)
  })

  test('says who has answered', async () => {
    if (source === 'either') return eventualReadsCome('replica')
    const { headers } = await ask(good)
    const served = headers.get('fulcrum-source')
    if (source === 'cached') expect(['primary', 'replica', 'local']).toContain(served)
    else expect(served).toBe(source === 'nobody' ? null : source)
  })

  test('refuses what is wrong, and names it', async () => {
    expectInvalid(await ask(bad), field)
  })
})

test('offers nothing else', async () => {
  const { paths } = (await shop.get<{ paths: Record<string, object> }>('/openapi.json')).body
  const offered = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  )
  expect(offered.toSorted()).toEqual([...ROUTES.map(({ name }) => name), ...STREAMS].toSorted())
})

test('an order takes what it names from stock, at the price of the moment', async () => {
  const [product, buyer] = [productId(20), customerId(700)]
  const order = { customerId: buyer, items: [{ productId: product, quantity: 2 }] }
  const stock = 'SELECT available FROM inventory.stock WHERE product_id = $1'
  await statementOn(database, 'UPDATE inventory.stock SET available = 3 WHERE product_id = $1', [product])
  const { body: known } = await shop.get<Product>(`/products/${product}`)

  const placed = await shop.post<Order>('/orders', order)
  expect(placed.status).toBe(201)
  expect(placed.body.total.amount).toBe(2 * known.price.amount)
  expect(await statementOn(database, stock, [product])).toEqual([{ available: 1 }])
  expect((await shop.get(`/orders/${placed.body.id}`)).body).toEqual(placed.body)

  expectProblem(await shop.post('/orders', order), 409, 'orders.OutOfStock', {
    productId: product,
    productName: known.name,
  })
  expect(await statementOn(database, stock, [product])).toEqual([{ available: 1 }])
})

test('without its replica it reads on the primary, and goes back to it when it is there again', async () => {
  const path = `/products/${productId(30)}`
  await cluster.replica.stop()
  await eventualReadsCome('primary')
  const { body: readiness } = await shop.get('/readyz')
  expect(readiness).toMatchObject({
    ready: true,
    dependencies: [
      { name: 'primary', healthy: true },
      { name: 'replica 1', healthy: false, problem: someText },
    ],
  })
  expect((await shop.patch(`${path}/price`, { amount: 4711 })).status).toBe(200)
  expect((await shop.get<Product>(path)).body.price.amount).toBe(4711)

  await cluster.replica.start()
  await eventualReadsCome('replica')
  await waitFor(async () => {
    const { body } = await shop.get<Product>(path)
    return body.price.amount === 4711
  })
})

test('a replica that has lost its primary is not read from', async () => {
  const { replica } = cluster
  const [was] = await cluster.ask(replica, "SELECT current_setting('primary_conninfo') AS conninfo")
  const follow = async (conninfo: unknown): Promise<void> => {
    await cluster.ask(replica, `ALTER SYSTEM SET primary_conninfo = ${pg.escapeLiteral(String(conninfo))}`)
    await cluster.ask(replica, 'SELECT pg_reload_conf()')
  }
  await follow('host=127.0.0.1 port=1')
  await eventualReadsCome('primary')
  expect((await shop.get<Readiness>('/readyz')).body.dependencies[1]?.problem).toContain('does not stream')
  await follow(was?.['conninfo'])
  await eventualReadsCome('replica')
})

test('what was acknowledged is there after a crash of the primary, without a restart of the shop', async () => {
  const order = { customerId: customerId(701), items: [{ productId: productId(21), quantity: 1 }] }
  const { body: placed } = await shop.post<Order>('/orders', order)
  await cluster.primary.stop('immediate')
  const meanwhile = await fetch(`${shop.url}/orders/${placed.id}`)
  expect(await meanwhile.json()).toMatchObject({ code: textLike(/^FUL-300[125]$/) })

  // What may be old is still answered, by a replica that has lost its primary too.
  await eventualReadsCome('replica')

  await cluster.primary.start()
  await waitFor(async () => (await fetch(`${shop.url}/readyz`)).status === 200)
  expect((await shop.get(`/orders/${placed.id}`)).body).toEqual(placed)
  expect((await shop.post('/orders', order)).status).toBe(201)
  await eventualReadsCome('replica')
})
