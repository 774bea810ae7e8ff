import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Order } from '../../../examples/shop/modules/orders/api.ts'
import { random } from '../../support/parts.ts'
import { waitFor } from '../../support/wait-for.ts'
import { customerId, productId } from './support/ids.ts'
import { startShop } from './support/processes.ts'
import {
  type Answer,
  openShop,
  request,
  type Shop,
  type ShopDatabase,
  shopDatabase,
  statementOn,
  stock,
} from './support/shop.ts'

let database: ShopDatabase
let shops: readonly [Shop, Shop]
const open = new AsyncDisposableStack()
beforeAll(async () => {
  database = open.use(await shopDatabase())
  shops = [open.use(await openShop(database)), open.use(await openShop(database))]
})
afterAll(() => open.disposeAsync())

/** As if nobody had ordered it yet, whatever comes with the demo data. */
async function stockOnly(product: number, pieces: number): Promise<void> {
  await stock(database, product, pieces)
  await statementOn(database, 'DELETE FROM orders.order_line WHERE product_id = $1', [productId(product)])
}

/** What is left of a product, and how many orders there are of it. */
async function outcome(product: number): Promise<unknown> {
  const [row] = await statementOn(
    database,
    `SELECT (SELECT available FROM inventory.stock WHERE product_id = $1)::int AS left,
            (SELECT count(*) FROM orders.order_line WHERE product_id = $1)::int AS orders`,
    [productId(product)],
  )
  return row
}

function orderOf(product: number, buyer: number): unknown {
  return { customerId: customerId(buyer), items: [{ productId: productId(product), quantity: 1 }] }
}

test('200 orders with one key, at once over two instances, are one order with 200 equal answers', async () => {
  await stockOnly(11, 500)
  const headers = { 'idempotency-key': random.uuid() }
  const answers = await Promise.all(
    Array.from({ length: 200 }, (_, n) =>
      (n % 2 === 0 ? shops[0] : shops[1]).post<Order>('/orders', orderOf(11, 1), headers),
    ),
  )
  expect(new Set(answers.map(({ status, body }) => `${status} ${JSON.stringify(body)}`)).size).toBe(1)
  expect(answers[0]?.status).toBe(201)
  expect(answers.filter(({ headers: sent }) => sent.get('idempotent-replay') === null)).toHaveLength(1)
  expect(await outcome(11)).toEqual({ left: 499, orders: 1 })
})

const BUYERS = 1_000
const PIECES = 100
const AT_ONCE = 64

/** Buys with one key until there is an answer, from whoever gives one. */
async function buy(buyer: number, urls: readonly string[]): Promise<Answer<Order>> {
  const headers = { 'idempotency-key': random.uuid() }
  const sent = { method: 'POST', body: orderOf(12, buyer), headers }
  return waitFor(
    async () => {
      const answer = await request<Order>(`${urls[random.int(urls.length)]}/orders`, sent)
      return answer.status === 201 || answer.status === 409 ? answer : undefined
    },
    { deadline: 60_000, what: `an answer for buyer ${buyer}` },
  )
}

test(`${BUYERS} buyers get ${PIECES} pieces although an instance is killed in the middle of it`, async () => {
  await stockOnly(12, PIECES)
  await using killed = await startShop(database.env)
  const urls = [shops[0].url, killed.url]
  const answers: Answer<Order>[] = []
  let next = 0
  let killing: Promise<unknown> | undefined
  const buyer = async (): Promise<void> => {
    for (let n = next++; n < BUYERS; n = next++) {
      answers.push(await buy((n % 900) + 1, urls))
      // While orders are being placed, and with many of them under way.
      if (answers.length > PIECES / 3) killing ??= killed.stop('SIGKILL')
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, buyer))
  expect(await killing).toBe('SIGKILL')
  const placed = answers.filter(({ status }) => status === 201)
  expect(new Set(placed.map(({ body }) => body.id)).size).toBe(PIECES)
  expect(answers).toHaveLength(BUYERS)
  expect(await outcome(12)).toEqual({ left: 0, orders: PIECES })
}, 120_000)
