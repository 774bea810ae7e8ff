import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Product } from '../../../examples/shop/modules/catalog/api.ts'
import type { Page } from '../../../examples/shop/shared/page.ts'
import { waitFor } from '../../support/wait-for.ts'
import { NOBODY, productId } from './support/ids.ts'
import { expectInvalid, expectProblem } from './support/problems.ts'
import { openShop, shopDatabase, type Shop, type ShopDatabase } from './support/shop.ts'

let database: ShopDatabase
let shop: Shop
const open = new AsyncDisposableStack()
beforeAll(async () => {
  database = open.use(await shopDatabase())
  shop = open.use(await openShop(database))
})
afterAll(() => open.disposeAsync())

describe('GET /products/:id', () => {
  test('answers the product with its version as entity tag', async () => {
    const { status, body, headers } = await shop.get(`/products/${productId(1)}`)
    expect(status).toBe(200)
    expect(body).toEqual({
      id: productId(1),
      name: 'Large Oak Table',
      price: { amount: 8418, currency: 'EUR' },
      version: 1,
    })
    expect(headers.get('etag')).toBe('"1"')
    expect(headers.get('fulcrum-source')).toMatch(/^(?:primary|replica|local)$/)
  })

  test('takes ids in capitals', async () => {
    const { body } = await shop.get<Product>(`/products/${productId(1).toUpperCase()}`)
    expect(body.id).toBe(productId(1))
  })

  test('refuses what is no product', async () => {
    expectProblem(await shop.get(`/products/${NOBODY}`), 404, 'catalog.ProductNotFound', { id: NOBODY })
    expectInvalid(await shop.get('/products/1'), 'id')
  })
})

describe('GET /products', () => {
  test('gives every product once, page by page', async () => {
    const seen: string[] = []
    let next: string | null = ''
    while (next !== null) {
      const path: string = `/products?limit=100${next === '' ? '' : `&after=${next}`}`
      const { status, body } = await shop.get<Page<Product>>(path)
      expect(status).toBe(200)
      seen.push(...body.items.map(({ id }) => id))
      next = body.next
    }
    expect(seen).toHaveLength(1_000)
    expect(new Set(seen).size).toBe(1_000)
    expect(seen).toEqual(seen.toSorted())
  })

  test('gives 20 when nobody says how many', async () => {
    const { body } = await shop.get<Page<Product>>('/products')
    expect(body.items).toHaveLength(20)
    expect(body.items[0]).toEqual((await shop.get(`/products/${body.items[0]?.id}`)).body)
  })

  test.each(['limit=0', 'limit=101', 'limit=-1', 'limit=1.5', 'limit=many', 'limit='])(
    'refuses %s',
    async (query) => {
      expectInvalid(await shop.get(`/products?${query}`), 'limit')
    },
  )

  test.each(['after=x', 'after=', 'after=%00', 'after=bnVsbA', `after=${productId(1)}`])(
    'refuses %s',
    async (query) => {
      expectInvalid(await shop.get(`/products?${query}`), 'after')
    },
  )
})

describe('PATCH /products/:id/price', () => {
  const price = (n: number): string => `/products/${productId(n)}/price`

  test('changes the price and counts the version up by one', async () => {
    const { status, body, headers } = await shop.patch(price(2), { amount: 1234 })
    expect(status).toBe(200)
    expect(body).toMatchObject({ id: productId(2), price: { amount: 1234, currency: 'EUR' }, version: 2 })
    expect(headers.get('etag')).toBe('"2"')
    await waitFor(
      async () => (await shop.get<Product>(`/products/${productId(2)}`)).body.price.amount === 1234,
    )
  })

  test('with If-Match changes only what has not changed since', async () => {
    expect((await shop.patch(price(3), { amount: 100 }, { 'if-match': '"1"' })).status).toBe(200)
    expectProblem(await shop.patch(price(3), { amount: 200 }, { 'if-match': '"1"' }), 412, 'FUL-2008')
    const { body } = await shop.patch(price(3), { amount: 300 }, { 'if-match': '"2"' })
    expect(body).toMatchObject({ price: { amount: 300 }, version: 3 })
    expect((await shop.patch(price(3), { amount: 400 }, { 'if-match': '*' })).status).toBe(200)
  })

  test('of 20 changes at once none is lost and no version is left out', async () => {
    const changes = Array.from({ length: 20 }, (_, n) => shop.patch<Product>(price(4), { amount: 1_000 + n }))
    const versions = (await Promise.all(changes)).map(({ body }) => body.version)
    expect(versions.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, n) => n + 2))
  })

  test('of 20 careful changes at once one is made', async () => {
    const changes = Array.from({ length: 20 }, (_, n) =>
      shop.patch(price(5), { amount: 1_000 + n }, { 'if-match': '"1"' }),
    )
    const statuses = (await Promise.all(changes)).map(({ status }) => status)
    expect(statuses.filter((status) => status === 200)).toHaveLength(1)
    expect(statuses.filter((status) => status === 412)).toHaveLength(19)
  })

  test.each([0, -1, 1.5, 100_000_001, '100', null])('refuses %j', async (amount) => {
    expectInvalid(await shop.patch(price(6), { amount }), 'amount')
  })

  test('refuses what cannot be understood', async () => {
    expectInvalid(await shop.patch(price(6), {}), 'amount')
    expectProblem(await shop.patch(price(6), '{'), 400, 'FUL-2007')
    expectProblem(await shop.patch(price(6), { amount: 1 }, { 'if-match': '1' }), 400, 'FUL-2007')
    expectProblem(
      await shop.patch(`/products/${NOBODY}/price`, { amount: 1 }),
      404,
      'catalog.ProductNotFound',
    )
    expect((await shop.get<Product>(`/products/${productId(6)}`)).body.version).toBe(1)
  })
})

describe('GET /products/:id/availability', () => {
  test('counts what can be ordered', async () => {
    const { status, body, headers } = await shop.get(`/products/${productId(1)}/availability`)
    expect(status).toBe(200)
    expect(body).toEqual({ productId: productId(1), available: 7101 })
    expect(headers.get('fulcrum-source')).toMatch(/^(?:primary|replica|local)$/)
  })

  test('refuses what is no product', async () => {
    const path = `/products/${NOBODY}/availability`
    expectProblem(await shop.get(path), 404, 'inventory.ProductNotFound', { productId: NOBODY })
    expectInvalid(await shop.get('/products/x/availability'), 'id')
  })
})

test('products are imported line by line, and what is wrong with a line is said', async () => {
  const id = (n: number): string => `b0000000-0000-4000-8000-${String(n).padStart(12, '0')}`
  const lines = Array.from({ length: 1_200 }, (_, n) =>
    JSON.stringify({ id: id(n), name: `Imported ${n}`, amount: 100 + n }),
  )
  const body = [...lines.slice(0, 600), '{"id":"x"}', ...lines.slice(600), ''].join('\n')
  const send = () =>
    fetch(`${shop.url}/products/import`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-ndjson', 'idempotency-key': 'assortment' },
      body,
    })
  const first = await send()
  expect(first.status).toBe(200)
  expect(await first.json()).toMatchObject({ applied: 1_200, refused: 1, errors: [{ line: 601 }] })
  expect((await send()).headers.get('idempotent-replay')).toBe('true')
  // A product may be read as it was five seconds ago, which is not at all.
  const path = `/products/${id(1_199)}`
  await waitFor(async () => (await shop.get(path)).status === 200, { deadline: 20_000, every: 100 })
  expect((await shop.get(path)).body).toMatchObject({
    name: 'Imported 1199',
    price: { amount: 1_299 },
    version: 1,
  })
})
