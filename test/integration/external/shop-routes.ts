import { expect } from 'vitest'
import { customerId, productId } from '../shop/support/ids.ts'
import { someText, textLike } from '../shop/support/matchers.ts'

type Method = 'GET' | 'PATCH' | 'POST'

/** What is asked of the shop. */
export interface Asked {
  readonly method: Method
  readonly path: string
  readonly body?: unknown
}

/** One route of the shop as its clients know it. */
export interface Route {
  /** As the API document has it: `GET /products/{id}`. */
  readonly name: string
  readonly good: Asked
  readonly status: number
  /** Every field of the answer, and no other. */
  readonly answer: unknown
  /**
   * Who answers: `either` is the replica, or the primary while there is no replica; `cached` is whoever is known to be fresh enough; `nobody` needs no
   * database.
   */
  readonly source: 'primary' | 'either' | 'cached' | 'nobody'
  readonly bad: Asked
  /** The field that is at fault in `bad`. */
  readonly field: string
}

const ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/
const someId = textLike(ID)
const someMoment = textLike(MOMENT)
const someNumber: unknown = expect.any(Number)
const someMoney = { amount: someNumber, currency: 'EUR' }

const ORDER = 'd0000000-0000-4000-8000-000000000001'
const product = { id: someId, name: someText, price: someMoney, version: someNumber }
const line = { productId: someId, quantity: someNumber, price: someMoney }
const namedLine = { ...line, name: someText }
const order = {
  id: someId,
  customerId: someId,
  status: someText,
  items: [line, line, line],
  total: someMoney,
  createdAt: someMoment,
}
const balance = { accountId: customerId(1), balance: someMoney }
const profile = {
  userId: customerId(1),
  displayName: someText,
  bio: someText,
  version: someNumber,
  updatedAt: someMoment,
}
const post = { id: someId, authorId: someId, text: someText, createdAt: someMoment }

const recommendation = { productId: someId, reason: someText }

const pageOf = (item: unknown): unknown => ({ items: [item], next: someText })

type Read = Pick<Route, 'answer' | 'source' | 'field'> & { readonly bad: string }

function reads(name: string, path: string, { bad, ...rest }: Read): Route {
  const good: Asked = { method: 'GET', path }
  return { name: `GET ${name}`, good, status: 200, bad: { method: 'GET', path: bad }, ...rest }
}

type Send = Pick<Route, 'answer' | 'field'> &
  Partial<Pick<Route, 'status' | 'source'>> & { readonly body: unknown; readonly bad: unknown }

function sends(name: `${'POST' | 'PATCH'} ${string}`, path: string, { body, bad, ...rest }: Send): Route {
  const method: Method = name.startsWith('POST') ? 'POST' : 'PATCH'
  const good: Asked = { method, path, body }
  return { name, good, status: 200, source: 'primary', bad: { method, path, body: bad }, ...rest }
}

const me = customerId(1)
const one = productId(1)
const items = [1, 2, 3].map((n) => ({ productId: productId(n), quantity: 1 }))

/** Everything that the shop offers over HTTP. */
export const ROUTES: readonly Route[] = [
  reads('/products', '/products?limit=1', {
    answer: pageOf(product),
    source: 'cached',
    bad: '/products?limit=0',
    field: 'limit',
  }),
  reads('/products/{id}', `/products/${one}`, {
    answer: product,
    source: 'cached',
    bad: '/products/1',
    field: 'id',
  }),
  reads('/products/{id}/availability', `/products/${one}/availability`, {
    answer: { productId: one, available: someNumber },
    source: 'cached',
    bad: '/products/1/availability',
    field: 'id',
  }),
  reads('/orders/{id}', `/orders/${ORDER}`, {
    answer: order,
    source: 'primary',
    bad: '/orders/1',
    field: 'id',
  }),
  reads('/customers', '/customers?limit=1', {
    answer: pageOf({ id: someId, name: someText }),
    source: 'either',
    bad: '/customers?after=1',
    field: 'after',
  }),
  reads('/customers/{id}/orders', `/customers/${customerId(2)}/orders?limit=1`, {
    answer: pageOf({ ...order, items: [namedLine, namedLine, namedLine] }),
    source: 'primary',
    bad: '/customers/me/orders',
    field: 'id',
  }),
  reads('/accounts/{id}/balance', `/accounts/${me}/balance`, {
    answer: balance,
    source: 'primary',
    bad: '/accounts/me/balance',
    field: 'id',
  }),
  reads('/profiles/{userId}', `/profiles/${me}`, {
    answer: profile,
    source: 'cached',
    bad: '/profiles/me',
    field: 'userId',
  }),
  reads('/recommendations/{userId}', `/recommendations/${customerId(900)}`, {
    answer: { items: Array.from({ length: 10 }, () => recommendation), source: 'bestsellers' },
    source: 'cached',
    bad: '/recommendations/me',
    field: 'userId',
  }),
  reads('/timelines/{userId}', `/timelines/${me}?limit=1`, {
    answer: pageOf(post),
    source: 'either',
    bad: '/timelines/me',
    field: 'userId',
  }),
  sends('PATCH /products/{id}/price', `/products/${productId(9)}/price`, {
    body: { amount: 1999 },
    answer: { ...product, price: { amount: 1999, currency: 'EUR' } },
    bad: { amount: 19.99 },
    field: 'amount',
  }),
  sends('PATCH /profiles/{userId}', `/profiles/${me}`, {
    body: { displayName: 'Grace', bio: '' },
    answer: { ...profile, displayName: 'Grace', bio: '' },
    bad: { displayName: '' },
    field: 'displayName',
  }),
  sends('POST /orders', '/orders', {
    body: { customerId: me, items },
    status: 201,
    answer: { ...order, customerId: me },
    bad: { customerId: me, items: [{ productId: one, quantity: 0 }] },
    field: 'items.0.quantity',
  }),
  sends('POST /orders/{id}/payment', `/orders/${ORDER}/payment`, {
    body: {},
    answer: { reference: ORDER, amount: someMoney, status: 'charged', chargeId: someText },
    bad: [],
    field: '',
  }),
  sends('POST /accounts/{id}/withdrawals', `/accounts/${me}/withdrawals`, {
    body: { amount: 1 },
    answer: balance,
    bad: { amount: -1 },
    field: 'amount',
  }),
  sends('POST /posts', '/posts', {
    body: { authorId: me, text: 'Hello' },
    status: 201,
    answer: { ...post, authorId: me, text: 'Hello' },
    bad: { authorId: me, text: '' },
    field: 'text',
  }),
  sends('POST /events', '/events', {
    body: { name: 'seen', customerId: me, properties: { productId: one } },
    status: 202,
    answer: undefined,
    source: 'nobody',
    bad: { name: 'seen', properties: [] },
    field: 'properties',
  }),
  sends('POST /shipping-quotes', '/shipping-quotes', {
    body: { weightKg: 1.2 },
    answer: { price: { amount: 550, currency: 'EUR' } },
    source: 'nobody',
    bad: { weightKg: 0 },
    field: 'weightKg',
  }),
]

/** What takes a stream of lines, and has tests of its own. */
export const STREAMS: readonly string[] = ['POST /products/import']

export const EVENTUAL: readonly Route[] = ROUTES.filter(({ source }) => source === 'either')
