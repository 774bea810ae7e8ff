import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Balance } from '../../../examples/shop/modules/accounts/api.ts'
import type { NamedOrder, Order } from '../../../examples/shop/modules/orders/api.ts'
import type { Page } from '../../../examples/shop/shared/page.ts'
import { customerId, productId } from './support/ids.ts'
import {
  openShop,
  shopDatabase,
  statementOn,
  stock,
  type Answer,
  type Shop,
  type ShopDatabase,
} from './support/shop.ts'

const BUYERS = 200
const PIECES = 20

let database: ShopDatabase
let shops: readonly [Shop, Shop]
const open = new AsyncDisposableStack()
beforeAll(async () => {
  database = open.use(await shopDatabase())
  shops = [open.use(await openShop(database)), open.use(await openShop(database))]
})
afterAll(() => open.disposeAsync())

async function available(product: number): Promise<number> {
  const path = `/products/${productId(product)}/availability`
  return (await shops[0].get<{ available: number }>(path)).body.available
}

function tally(answers: readonly Answer[]): Record<number, number> {
  const counts: Record<number, number> = {}
  for (const { status } of answers) counts[status] = (counts[status] ?? 0) + 1
  return counts
}

function buy(shop: Shop, buyer: number, products: readonly number[]): Promise<Answer<Order>> {
  return shop.post('/orders', {
    customerId: customerId(buyer),
    items: products.map((product) => ({ productId: productId(product), quantity: 1 })),
  })
}

test(`${BUYERS} buyers at two instances get ${PIECES} pieces, not one more and not one less`, async () => {
  await stock(database, 1, PIECES)
  const answers = await Promise.all(
    Array.from({ length: BUYERS }, (_, n) => buy(n % 2 === 0 ? shops[0] : shops[1], n + 1, [1])),
  )
  expect(tally(answers)).toEqual({ 201: PIECES, 409: BUYERS - PIECES })
  expect(await available(1)).toBe(0)
})

test('orders of the same products in any order neither block each other nor take a part', async () => {
  await stock(database, 2, 30)
  await stock(database, 3, 20)
  const answers = await Promise.all(
    Array.from({ length: 60 }, (_, n) =>
      buy(n % 2 === 0 ? shops[0] : shops[1], n + 1, n % 3 === 0 ? [3, 2] : [2, 3]),
    ),
  )
  expect(tally(answers)).toEqual({ 201: 20, 409: 40 })
  expect([await available(2), await available(3)]).toEqual([10, 0])
  // Deadlocks would be resolved and retried, after a second each: nobody would see them but in the time it takes.
  const [deadlocks] = await statementOn(
    database,
    'SELECT deadlocks::integer FROM pg_stat_database WHERE datname = current_database()',
  )
  expect(deadlocks).toEqual({ deadlocks: 0 })
})

test('withdrawals at once from one account never take more than there is', async () => {
  const path = `/accounts/${customerId(7)}`
  const before = (await shops[0].get<Balance>(`${path}/balance`)).body.balance.amount
  const amount = Math.floor(before / 15)
  const answers = await Promise.all(
    Array.from({ length: 100 }, (_, n) =>
      (n % 2 === 0 ? shops[0] : shops[1]).post<Balance>(`${path}/withdrawals`, { amount }),
    ),
  )
  expect(tally(answers)).toEqual({ 200: 15, 409: 85 })
  const left = answers.filter(({ status }) => status === 200).map(({ body }) => body.balance.amount)
  expect(new Set(left).size).toBe(15)
  expect(Math.min(...left)).toBe(before - 15 * amount)
  expect((await shops[1].get<Balance>(`${path}/balance`)).body.balance.amount).toBe(before - 15 * amount)
})

test('an instance shows at once what was ordered at another', async () => {
  const { body } = await buy(shops[0], 800, [4])
  expect((await shops[1].get(`/orders/${body.id}`)).body).toEqual(body)
  const history = (await shops[1].get<Page<NamedOrder>>(`/customers/${customerId(800)}/orders`)).body
  expect(history.items.map(({ id }) => id)).toEqual([body.id])
})

test('the demo data is there once, whichever instance came first', async () => {
  const tables = [
    'catalog.product',
    'inventory.stock',
    'customers.customer',
    'accounts.account',
    'profiles.profile',
  ]
  for (const table of tables) {
    const rows = await statementOn(database, `SELECT count(*)::integer AS n FROM ${table}`)
    expect(rows).toEqual([{ n: 1000 }])
  }
})
