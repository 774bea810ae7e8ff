import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Balance } from '../../../examples/shop/modules/accounts/api.ts'
import type { NamedOrder } from '../../../examples/shop/modules/orders/api.ts'
import type { Profile } from '../../../examples/shop/modules/profiles/api.ts'
import type { Recommendations } from '../../../examples/shop/modules/recommendations/api.ts'
import type { Post } from '../../../examples/shop/modules/social/api.ts'
import type { Page } from '../../../examples/shop/shared/page.ts'
import { waitFor } from '../../support/wait-for.ts'
import { customerId, NOBODY, productId } from './support/ids.ts'
import { expectInvalid, expectProblem } from './support/problems.ts'
import { someText, textLike } from './support/matchers.ts'
import { openShop, shopDatabase, statementOn, type Shop, type ShopDatabase } from './support/shop.ts'

let database: ShopDatabase
let shop: Shop
const open = new AsyncDisposableStack()
beforeAll(async () => {
  database = open.use(await shopDatabase())
  shop = open.use(await openShop(database))
})
afterAll(() => open.disposeAsync())

function rows(statement: string, values: unknown[]): Promise<unknown[]> {
  return statementOn(database, statement, values)
}

describe('GET /customers', () => {
  test('gives ids and names, page by page', async () => {
    const first = (await shop.get<Page<unknown>>('/customers?limit=2')).body
    expect(first.items).toEqual([
      { id: customerId(1), name: 'Ben Adler' },
      { id: customerId(2), name: 'Carla Adler' },
    ])
    const second = (await shop.get<Page<unknown>>(`/customers?limit=1&after=${first.next}`)).body
    expect(second.items).toEqual([{ id: customerId(3), name: 'Dario Adler' }])
  })

  test('refuses limits and cursors that are none', async () => {
    expectInvalid(await shop.get('/customers?limit=101'), 'limit')
    expectInvalid(await shop.get('/customers?after=x'), 'after')
  })
})

describe('profiles', () => {
  const path = (n: number): string => `/profiles/${customerId(n)}`

  test('GET answers the profile', async () => {
    const { status, body, headers } = await shop.get(path(1))
    expect(status).toBe(200)
    expect(body).toEqual({
      userId: customerId(1),
      displayName: 'Customer 1',
      bio: 'Likes chess.',
      version: 1,
      updatedAt: '2026-01-01T00:01:00.000Z',
    })
    expect(headers.get('etag')).toBe('"1"')
  })

  test('PATCH changes what it names, and nothing else', async () => {
    const { status, body } = await shop.patch<Profile>(path(2), { displayName: '  Grace ' })
    expect(status).toBe(200)
    expect(body).toMatchObject({
      userId: customerId(2),
      displayName: 'Grace',
      bio: 'Likes rowing.',
      version: 2,
    })
    expect(Date.parse(body.updatedAt)).toBeGreaterThan(Date.parse('2026-01-01T00:02:00Z'))
    expect((await shop.patch(path(2), { bio: '' })).body).toMatchObject({
      displayName: 'Grace',
      bio: '',
      version: 3,
    })
    await waitFor(async () => (await shop.get<Profile>(path(2))).body.version === 3)
  })

  test('PATCH with If-Match changes only what has not changed since', async () => {
    expect((await shop.patch(path(3), { bio: 'a' }, { 'if-match': '"1"' })).status).toBe(200)
    expectProblem(await shop.patch(path(3), { bio: 'b' }, { 'if-match': '"1"' }), 412, 'FUL-2008')
    expect((await shop.patch<Profile>(path(3), { bio: 'c' })).body.version).toBe(3)
  })

  test('of 20 changes at once none is lost and no version is left out', async () => {
    const changes = Array.from({ length: 20 }, (_, n) => shop.patch<Profile>(path(4), { bio: `${n}` }))
    const versions = (await Promise.all(changes)).map(({ body }) => body.version)
    expect(versions.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, n) => n + 2))
  })

  test('refuse what is no profile and no change', async () => {
    expectProblem(await shop.get(`/profiles/${NOBODY}`), 404, 'profiles.NotFound', { userId: NOBODY })
    expectProblem(await shop.patch(`/profiles/${NOBODY}`, { bio: '' }), 404, 'profiles.NotFound')
    expectInvalid(await shop.get('/profiles/me'), 'userId')
    expectInvalid(await shop.patch(path(5), { displayName: ' ' }), 'displayName')
    expectInvalid(await shop.patch(path(5), { displayName: 'x'.repeat(101) }), 'displayName')
    expectInvalid(await shop.patch(path(5), { bio: 'a\0b' }), 'bio')
    expectInvalid(await shop.patch(path(5), { bio: 5 }), 'bio')
    expectProblem(await shop.patch(path(5), {}), 400, 'FUL-2001')
    expect((await shop.get<Profile>(path(5))).body.version).toBe(1)
  })
})

describe('accounts', () => {
  const account = (n: number): string => `/accounts/${customerId(n)}`
  const eur = (amount: number) => ({ amount, currency: 'EUR' })

  test('a withdrawal lowers the balance, which is read on the primary', async () => {
    const before = await shop.get(`${account(1)}/balance`)
    expect(before.body).toEqual({ accountId: customerId(1), balance: eur(17_919) })
    expect(before.headers.get('fulcrum-source')).toBe('primary')
    const { status, body } = await shop.post(`${account(1)}/withdrawals`, { amount: 919 })
    expect(status).toBe(200)
    expect(body).toEqual({ accountId: customerId(1), balance: eur(17_000) })
    expect((await shop.get(`${account(1)}/balance`)).body).toEqual(body)
  })

  test('can be emptied but not overdrawn', async () => {
    const { balance } = (await shop.get<Balance>(`${account(2)}/balance`)).body
    const refused = await shop.post(`${account(2)}/withdrawals`, { amount: balance.amount + 1 })
    expectProblem(refused, 409, 'accounts.InsufficientFunds', { accountId: customerId(2), balance })
    const { body } = await shop.post<Balance>(`${account(2)}/withdrawals`, { amount: balance.amount })
    expect(body.balance).toEqual(eur(0))
  })

  test.each([0, -1, 0.5, '5', null, 2 ** 53, 1e300])('refuse to pay out %j', async (amount) => {
    expectInvalid(await shop.post(`${account(3)}/withdrawals`, { amount }), 'amount')
  })

  test('refuse what is no account', async () => {
    const missing = { accountId: NOBODY }
    expectProblem(await shop.get(`/accounts/${NOBODY}/balance`), 404, 'accounts.AccountNotFound', missing)
    const withdrawal = await shop.post(`/accounts/${NOBODY}/withdrawals`, { amount: 1 })
    expectProblem(withdrawal, 404, 'accounts.AccountNotFound', missing)
    expectInvalid(await shop.get('/accounts/me/balance'), 'id')
  })
})

describe('social', () => {
  test('a post shows first in the timelines of those who follow its author, and only there', async () => {
    const { status, body } = await shop.post<Post>('/posts', { authorId: customerId(5), text: ' Hello ' })
    expect(status).toBe(201)
    expect(body).toEqual({
      id: someText,
      authorId: customerId(5),
      text: 'Hello',
      createdAt: textLike(/Z$/),
    })
    const timeline = async (n: number) => (await shop.get<Page<Post>>(`/timelines/${customerId(n)}`)).body
    await waitFor(async () => (await timeline(4)).items[0]?.id === body.id)
    expect((await timeline(4)).items[0]).toEqual(body)
    expect((await timeline(6)).items.map(({ id }) => id)).not.toContain(body.id)
  })

  test('a timeline shows the newest first, page by page', async () => {
    const path = `/timelines/${customerId(500)}`
    const { items } = (await shop.get<Page<Post>>(`${path}?limit=100`)).body
    expect(items).toHaveLength(20)
    const moments = items.map(({ createdAt }) => createdAt)
    expect(moments).toEqual(moments.toSorted().toReversed())
    const first = (await shop.get<Page<Post>>(`${path}?limit=11`)).body
    const second = (await shop.get<Page<Post>>(`${path}?limit=11&after=${first.next}`)).body
    expect([...first.items, ...second.items]).toEqual(items)
  })

  test('refuses what nobody can have written', async () => {
    expectProblem(await shop.post('/posts', { authorId: NOBODY, text: 'x' }), 422, 'social.UnknownAuthor')
    expectInvalid(await shop.post('/posts', { authorId: 'me', text: 'x' }), 'authorId')
    expectInvalid(await shop.post('/posts', { authorId: customerId(1), text: '' }), 'text')
    expectInvalid(await shop.post('/posts', { authorId: customerId(1), text: 'x'.repeat(1001) }), 'text')
    expectInvalid(await shop.post('/posts', { authorId: customerId(1) }), 'text')
    expectProblem(await shop.get(`/timelines/${NOBODY}`), 404, 'social.UserNotFound', { userId: NOBODY })
    expectInvalid(await shop.get('/timelines/me'), 'userId')
  })
})

describe('GET /recommendations/:userId', () => {
  test('come from what others with the same taste bought', async () => {
    const { status, body } = await shop.get<Recommendations>(`/recommendations/${customerId(1)}`)
    expect(status).toBe(200)
    expect(body.source).toBe('model')
    expect(body.items.length).toBeGreaterThan(0)
    const history = (await shop.get<Page<NamedOrder>>(`/customers/${customerId(1)}/orders?limit=100`)).body
    const bought = history.items.flatMap(({ items }) => items.map((item) => item.productId))
    for (const item of body.items) {
      expect(item).toEqual({ productId: someText, reason: textLike(/customers/) })
      expect(bought).not.toContain(item.productId)
    }
  })

  test('are bestsellers for who has not bought anything, known or not', async () => {
    for (const id of [customerId(900), NOBODY]) {
      const { status, body } = await shop.get<Recommendations>(`/recommendations/${id}`)
      expect(status).toBe(200)
      expect(body.source).toBe('bestsellers')
      expect(body.items).toHaveLength(10)
    }
    expectInvalid(await shop.get('/recommendations/me'), 'userId')
  })
})

/** Events are answered before they are written. */
function eventCalled(name: string): Promise<unknown> {
  return waitFor(async () => {
    const [event] = await rows('SELECT customer_id, properties FROM analytics.event WHERE name = $1', [name])
    return event
  })
}

describe('POST /events', () => {
  test('keeps the event as it came, whoever it is of', async () => {
    const properties = { productId: productId(1), path: ['a', { b: null }], text: 'a\0b\ud800' }
    const event = { name: 'seen by one', customerId: customerId(1), properties }
    const { status, body } = await shop.post('/events', event)
    expect([status, body]).toEqual([202, undefined])
    expect(await eventCalled('seen by one')).toEqual({ customer_id: customerId(1), properties })
    expect((await shop.post('/events', { name: 'seen by nobody', properties: {} })).status).toBe(202)
    expect(await eventCalled('seen by nobody')).toEqual({ customer_id: null, properties: {} })
  })

  test('refuses what is no event', async () => {
    expectInvalid(await shop.post('/events', { properties: {} }), 'name')
    expectInvalid(await shop.post('/events', { name: '', properties: {} }), 'name')
    expectInvalid(await shop.post('/events', { name: 'x', properties: [] }), 'properties')
    expectInvalid(await shop.post('/events', { name: 'x' }), 'properties')
    expectInvalid(await shop.post('/events', { name: 'x', customerId: 'me', properties: {} }), 'customerId')
  })
})

describe('POST /shipping-quotes', () => {
  test.each([
    [0.2, 500],
    [1, 500],
    [1.2, 550],
    [1.002, 501],
    [3, 1000],
  ])('%d kg cost %d cents', async (weightKg, amount) => {
    const { status, body } = await shop.post('/shipping-quotes', { weightKg })
    expect(status).toBe(200)
    expect(body).toEqual({ price: { amount, currency: 'EUR' } })
  })

  test.each(['0', '-1', '-0.0', '1e999', '-1e999', '"1"', 'null', 'true', '[]'])(
    'refuses %s',
    async (weight) => {
      expectInvalid(await shop.post('/shipping-quotes', `{"weightKg":${weight}}`), 'weightKg')
    },
  )

  test('refuses what is no parcel', async () => {
    expectInvalid(await shop.post('/shipping-quotes', {}), 'weightKg')
    for (const text of ['NaN', '{"weightKg":NaN}', '']) {
      expectProblem(await shop.post('/shipping-quotes', text), 400, text === '' ? 'FUL-2001' : 'FUL-2007')
    }
  })
})

describe('X-Customer-Id', () => {
  test('says who calls', async () => {
    const who = { 'x-customer-id': customerId(9).toUpperCase() }
    await shop.post('/events', { name: 'mine', properties: {} }, who)
    expect(await eventCalled('mine')).toEqual({ customer_id: customerId(9), properties: {} })
  })

  test('is refused when it is no UUID', async () => {
    const answer = await shop.get('/products', { 'x-customer-id': 'me' })
    expectProblem(answer, 400, 'customers.InvalidCustomerId', { header: 'X-Customer-Id' })
  })
})
