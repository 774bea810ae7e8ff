import { globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Order } from '../../../examples/shop/modules/orders/api.ts'
import { waitFor } from '../../support/wait-for.ts'
import { customerId, productId } from '../shop/support/ids.ts'
import { childrenOf, type ShopProcess, startShop } from '../shop/support/processes.ts'
import { request, type ShopDatabase, statementOn } from '../shop/support/shop.ts'
import { type DebianCluster, startDebianCluster } from './debian-cluster.ts'

const MODULES = fileURLToPath(new URL('../../../examples/shop/modules/', import.meta.url))

let cluster: DebianCluster
let database: ShopDatabase
const open = new AsyncDisposableStack()
beforeAll(async () => {
  cluster = open.use(await startDebianCluster())
  database = open.use(await cluster.createDatabase('shop'))
})
afterAll(() => open.disposeAsync())

/** Steps of the shop's modules, without those of Fulcrum's own tables. */
function migrated({ output }: ShopProcess): string[] {
  const all = Array.from(
    output().matchAll(/^migrated (\w+): (\w+)$/gm),
    ([, module, name]) => `${module}/${name}`,
  )
  return all.filter((step) => !step.startsWith('fulcrum/'))
}

/** Neither the shop nor anything that it has started is a PostgreSQL, or looks after one. */
function expectNoEmbeddedCluster({ pid, output }: ShopProcess): void {
  const commands = childrenOf(pid).map((child) => readFileSync(`/proc/${child}/cmdline`, 'utf8'))
  expect(commands).toEqual([expect.stringContaining('provider/main.ts')])
  expect(output()).not.toMatch(/embedded/i)
}

/** Orders one piece after the other, and keeps what was acknowledged, until nobody answers. */
async function orderUntilKilled({ url }: ShopProcess, buyer: number, acknowledged: Order[]): Promise<void> {
  const body = { customerId: customerId(buyer), items: [{ productId: productId(1), quantity: 1 }] }
  try {
    for (;;) {
      const answer = await request<Order>(`${url}/orders`, { method: 'POST', body })
      expect(answer.status).toBe(201)
      acknowledged.push(answer.body)
    }
  } catch (error) {
    // What `fetch` throws when the connection is refused or cut.
    if (!(error instanceof TypeError)) throw error
  }
}

/** Pieces of the product that are in stock or have been sold, in one snapshot. */
async function pieces(): Promise<unknown> {
  const inStock = 'SELECT available FROM inventory.stock WHERE product_id = $1'
  const sold = 'SELECT sum(quantity) FROM orders.order_line WHERE product_id = $1'
  return statementOn(database, `SELECT ((${inStock}) + (${sold}))::integer AS n`, [productId(1)])
}

test('instances that start at once on an empty database migrate it once', async () => {
  const [one, other] = await Promise.all([startShop(database.env), startShop(database.env)])
  await using _one = one
  await using _other = other
  const steps = globSync('*/migrations/*.sql', { cwd: MODULES }).map((file) =>
    file.replace('/migrations', ''),
  )
  expect([...migrated(one), ...migrated(other)].map((step) => `${step}.sql`).toSorted()).toEqual(
    steps.toSorted(),
  )
  for (const shop of [one, other]) {
    expectNoEmbeddedCluster(shop)
    const { body } = await request(`${shop.url}/products/${productId(1_000)}`, { method: 'GET' })
    expect(body).toMatchObject({ id: productId(1_000), version: 1 })
  }
})

test('what a shop has acknowledged is there after it was killed, and nothing else by half', async () => {
  await using killed = await startShop(database.env)
  const before = await pieces()
  const acknowledged: Order[] = []
  const buying = [1, 2, 3, 4].map((buyer) => orderUntilKilled(killed, buyer, acknowledged))
  await waitFor(() => acknowledged.length >= 20, { deadline: 20_000 })
  expect(await killed.stop('SIGKILL')).toBe('SIGKILL')
  await Promise.all(buying)

  await using again = await startShop(database.env)
  expect(migrated(again)).toEqual([])
  expectNoEmbeddedCluster(again)
  const kept = await statementOn(database, 'SELECT id FROM orders.customer_order WHERE id = ANY ($1)', [
    acknowledged.map(({ id }) => id),
  ])
  expect(kept).toHaveLength(acknowledged.length)
  for (const order of acknowledged)
    expect((await request(`${again.url}/orders/${order.id}`, { method: 'GET' })).body).toEqual(order)
  expect(await pieces()).toEqual(before)
})
