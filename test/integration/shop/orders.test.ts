import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Product } from '../../../examples/shop/modules/catalog/api.ts'
import { listNotifications } from '../../../examples/shop/modules/notifications/api.ts'
import type { NamedOrder, Order } from '../../../examples/shop/modules/orders/api.ts'
import type { Page } from '../../../examples/shop/shared/page.ts'
import { waitFor } from '../../support/wait-for.ts'
import { customerId, NOBODY, productId } from './support/ids.ts'
import { expectInvalid, expectProblem } from './support/problems.ts'
import { someText, textLike } from './support/matchers.ts'
import { openShop, shopDatabase, type Answer, type Shop, type ShopDatabase } from './support/shop.ts'

let database: ShopDatabase
let shop: Shop
const open = new AsyncDisposableStack()
beforeAll(async () => {
  database = open.use(await shopDatabase())
  shop = open.use(await openShop(database))
})
afterAll(() => open.disposeAsync())

/** A customer without orders in the demo data. */
const NEW_CUSTOMER = 700

function order(customer: number, ...items: [product: number, quantity: number][]): Promise<Answer<Order>> {
  return shop.post('/orders', {
    customerId: customerId(customer),
    items: items.map(([product, quantity]) => ({ productId: productId(product), quantity })),
  })
}

async function available(product: number): Promise<number> {
  const { body } = await shop.get<{ available: number }>(`/products/${productId(product)}/availability`)
  return body.available
}

async function price(product: number): Promise<number> {
  const { body } = await shop.get<Product>(`/products/${productId(product)}`)
  return body.price.amount
}

describe('POST /orders', () => {
  test('thanks the customer, once', async () => {
    const customer = { customerId: customerId(NEW_CUSTOMER + 50) }
    const { body } = await order(NEW_CUSTOMER + 50, [1, 1])
    const { items } = await waitFor(async () => {
      const found = await shop.app.call(listNotifications, customer)
      return found.items.length > 0 && found
    })
    expect(items.map(({ text }) => text)).toEqual([
      `Thank you for order ${body.id} over ${(body.total.amount / 100).toFixed(2)} EUR.`,
    ])
  })

  test('takes the items from stock and answers what they cost', async () => {
    const before = [await available(10), await available(11)] as const
    const [ten, eleven] = [await price(10), await price(11)]
    const { status, body } = await order(1, [11, 1], [10, 2])
    expect(status).toBe(201)
    expect(body).toEqual({
      id: textLike(/^[0-9a-f-]{36}$/),
      customerId: customerId(1),
      status: 'placed',
      items: [
        { productId: productId(11), quantity: 1, price: { amount: eleven, currency: 'EUR' } },
        { productId: productId(10), quantity: 2, price: { amount: ten, currency: 'EUR' } },
      ],
      total: { amount: 2 * ten + eleven, currency: 'EUR' },
      createdAt: textLike(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    })
    expect([await available(10), await available(11)]).toEqual([before[0] - 2, before[1] - 1])
    expect((await shop.get(`/orders/${body.id}`)).body).toEqual(body)
  })

  test('takes the same product twice as one line', async () => {
    const { body } = await shop.post<Order>('/orders', {
      customerId: customerId(1),
      items: [
        { productId: productId(12), quantity: 1000 },
        { productId: productId(12).toUpperCase(), quantity: 1000 },
      ],
    })
    expect(body.items).toMatchObject([{ productId: productId(12), quantity: 2000 }])
  })

  test('keeps the price when it changes afterwards', async () => {
    const placed = (await order(2, [13, 3])).body
    const was = placed.items[0]?.price.amount ?? NaN
    await shop.patch(`/products/${productId(13)}/price`, { amount: was + 1 })
    expect((await shop.get(`/orders/${placed.id}`)).body).toEqual(placed)
    expect((await order(2, [13, 1])).body.total.amount).toBe(was + 1)
  })

  test('takes nothing at all when one item is short, and names it', async () => {
    const short = await available(15)
    await order(3, ...parts(15, short))
    const before = await available(14)
    const refused = await order(3, [14, 1], [15, 1])
    expectProblem(refused, 409, 'orders.OutOfStock', {
      productId: productId(15),
      productName: someText,
    })
    expect(await available(14)).toBe(before)
    expect(await available(15)).toBe(0)
    const { body } = await shop.get<Page<NamedOrder>>(`/customers/${customerId(3)}/orders?limit=1`)
    expect(body.items[0]?.items[0]?.productId).toBe(productId(15))
  })

  test('refuses customers and products that do not exist, and takes nothing', async () => {
    const before = await available(16)
    const item = { productId: productId(16), quantity: 1 }
    const unknown = { productId: NOBODY, quantity: 1 }
    const nobody = await shop.post('/orders', { customerId: NOBODY, items: [item] })
    expectProblem(nobody, 422, 'orders.UnknownCustomer', { customerId: NOBODY })
    const nothing = await shop.post('/orders', { customerId: customerId(1), items: [item, unknown] })
    expectProblem(nothing, 422, 'orders.UnknownProduct', { productId: NOBODY })
    expect(await available(16)).toBe(before)
  })

  test.each([
    ['customerId', { items: [{ productId: productId(1), quantity: 1 }] }],
    ['customerId', { customerId: 'me', items: [{ productId: productId(1), quantity: 1 }] }],
    ['items', { customerId: customerId(1) }],
    ['items', { customerId: customerId(1), items: [] }],
    ['items', { customerId: customerId(1), items: {} }],
    ['items.0.productId', { customerId: customerId(1), items: [{ productId: 'x', quantity: 1 }] }],
    ...[0, -1, 1.5, 1001, '1', null].map((quantity): [string, unknown] => [
      'items.0.quantity',
      { customerId: customerId(1), items: [{ productId: productId(1), quantity }] },
    ]),
  ])('names %s in %j', async (path, body) => {
    expectInvalid(await shop.post('/orders', body), path)
  })
})

describe('GET /orders/:id', () => {
  test('refuses what is no order', async () => {
    expectProblem(await shop.get(`/orders/${NOBODY}`), 404, 'orders.OrderNotFound', { id: NOBODY })
    expectInvalid(await shop.get('/orders/1'), 'id')
  })
})

describe('GET /customers/:id/orders', () => {
  const history = (path: string): Promise<Answer<Page<NamedOrder>>> => shop.get(path)

  test('shows the newest first, with the names of products, and sees an order at once', async () => {
    const path = `/customers/${customerId(NEW_CUSTOMER)}/orders`
    expect((await shop.get(path)).body).toEqual({ items: [], next: null })
    const placed: string[] = []
    for (const product of [20, 21, 22]) {
      placed.unshift((await order(NEW_CUSTOMER, [product, 1])).body.id)
      const { body, headers } = await history(path)
      expect(body.items.map(({ id }) => id)).toEqual(placed)
      expect(headers.get('fulcrum-source')).toBe('primary')
    }
    const { body } = await history(path)
    const { name } = (await shop.get<Product>(`/products/${productId(22)}`)).body
    expect(body.items[0]?.items).toEqual([
      { productId: productId(22), quantity: 1, price: { amount: await price(22), currency: 'EUR' }, name },
    ])

    const first = (await history(`${path}?limit=2`)).body
    const second = (await history(`${path}?limit=2&after=${first.next}`)).body
    expect([...first.items, ...second.items]).toEqual(body.items)
    expect(second.next).toBeNull()
  })

  test('refuses what is no customer', async () => {
    const path = `/customers/${NOBODY}/orders`
    expectProblem(await shop.get(path), 404, 'orders.CustomerNotFound', { customerId: NOBODY })
    expectInvalid(await shop.get('/customers/me/orders'), 'id')
    expectInvalid(await shop.get(`/customers/${customerId(1)}/orders?after=x`), 'after')
  })
})

/** As many items of a product as an order may name at once, until all are named. */
function parts(product: number, all: number): [number, number][] {
  return Array.from({ length: Math.ceil(all / 1000) }, (_, n) => [product, Math.min(1000, all - n * 1000)])
}
