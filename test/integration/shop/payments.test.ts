import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { isDomainError } from 'fulcrum'
import { listNotifications, sendNotification } from '../../../examples/shop/modules/notifications/api.ts'
import { getPayment, PaymentNotFound, payOrder } from '../../../examples/shop/modules/payments/api.ts'
import { providerAt, useProvider } from '../../../examples/shop/modules/payments/provider.ts'
import type { Mode } from '../../../examples/shop/provider/modes.ts'
import { startProvider, type RunningProvider } from '../../../examples/shop/provider/start.ts'
import { eur } from '../../../examples/shop/shared/money.ts'
import { random } from '../../support/parts.ts'
import { waitFor } from '../../support/wait-for.ts'
import { customerId, NOBODY, productId } from './support/ids.ts'
import { textLike } from './support/matchers.ts'
import { expectProblem } from './support/problems.ts'
import { type Answer, openShop, request, shopDatabase, type Shop, type ShopDatabase } from './support/shop.ts'

let database: ShopDatabase
let shop: Shop
let provider: RunningProvider
const open = new AsyncDisposableStack()
beforeAll(async () => {
  database = open.use(await shopDatabase())
  shop = open.use(await openShop(database))
})
afterAll(() => open.disposeAsync())
beforeEach(async () => {
  provider = await startProvider()
  useProvider(providerAt(provider.url))
  return () => provider.stop()
})

async function behave(mode: Mode): Promise<void> {
  const { status } = await request(`${provider.url}/mode`, { method: 'PUT', body: { mode } })
  expect(status).toBe(200)
}

interface Charged {
  charges: { amount: number }[]
  asked: number
}

/** What the provider has charged and not given back, and how often it was asked. */
async function book(): Promise<Charged> {
  return (await request<Charged>(`${provider.url}/charges`, { method: 'GET' })).body
}

interface Placed {
  readonly id: string
  readonly total: { readonly amount: number }
}

async function order(): Promise<Placed> {
  const items = [{ productId: productId(1), quantity: 1 }]
  const key = { 'idempotency-key': random.uuid() }
  const { status, body } = await shop.post<Placed>('/orders', { customerId: customerId(7), items }, key)
  expect(status).toBe(201)
  return body
}

function pay(id: string, key: string = random.uuid()): Promise<Answer<Record<string, unknown>>> {
  return shop.post(`/orders/${id}/payment`, {}, { 'idempotency-key': key })
}

const paymentOf = (reference: string) => shop.app.call(getPayment, { reference })

test('an order is paid once, however often that is asked for', async () => {
  const { id, total } = await order()
  const key = random.uuid()
  const paid = await pay(id, key)
  const payment = { reference: id, amount: eur(total.amount), status: 'charged', chargeId: textLike(/^ch_/) }
  expect(paid).toMatchObject({ status: 200, body: payment })
  expect(await pay(id, key)).toMatchObject({ status: 200, body: paid.body })
  expect(await pay(id)).toMatchObject({ status: 200, body: paid.body })
  expect(await book()).toMatchObject({ charges: [{ amount: total.amount }], asked: 1 })
})

test('a payment that is declined leaves nothing, and the order can be paid another time', async () => {
  const { id } = await order()
  await behave('decline')
  const key = random.uuid()
  expectProblem(await pay(id, key), 402, 'payments.PaymentDeclined', { reference: id })
  await expect(paymentOf(id)).rejects.toSatisfy((error) => isDomainError(error, PaymentNotFound))
  await behave('ok')
  expectProblem(await pay(id, key), 402, 'payments.PaymentDeclined')
  expect((await pay(id)).status).toBe(200)
  expect((await book()).charges).toHaveLength(1)
})

test.each(['fail', 'fail-after', 'hang'] as const)(
  'a provider that does "%s" is asked again, and charges once',
  async (mode) => {
    const { id } = await order()
    await behave(mode)
    const paying = pay(id)
    await waitFor(async () => mode === 'fail' || (await book()).asked > 0)
    await behave('ok')
    expect((await paying).status).toBe(200)
    expect((await book()).charges).toHaveLength(1)
  },
)

test('a provider that charges and never says so is asked to give it back', async () => {
  const { id } = await order()
  await behave('fail-after')
  const paying = shop.app.call(payOrder, { id }, { idempotencyKey: random.uuid() })
  await expect(paying).rejects.toThrow('FUL-3203')
  expect(await book()).toEqual({ charges: [], asked: 4 })
  await expect(paymentOf(id)).rejects.toSatisfy((error) => isDomainError(error, PaymentNotFound))
  await behave('ok')
  expect((await pay(id)).status).toBe(200)
  expect((await book()).charges).toHaveLength(1)
})

test('a request that arrives twice is booked once', async () => {
  await behave('duplicate')
  const { id } = await order()
  expect((await pay(id)).status).toBe(200)
  const { charges, asked } = await book()
  expect([charges.length, asked]).toEqual([1, 2])
})

test('many who pay one order at once are one charge', async () => {
  const { id } = await order()
  const key = random.uuid()
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, n) => pay(id, n % 2 === 0 ? key : undefined)),
  )
  expect(answers.filter(({ status }) => status !== 200 && status !== 409)).toEqual([])
  expect((await book()).charges).toHaveLength(1)
})

test('an order that is not there is not paid', async () => {
  expectProblem(await pay(NOBODY), 404, 'orders.OrderNotFound')
  expect((await book()).asked).toBe(0)
})

test('one request can ask the provider to misbehave', async () => {
  const body = { reference: random.uuid(), amount: 1, currency: 'EUR' }
  const send = (mode: string) =>
    request(`${provider.url}/charges`, { method: 'POST', body, headers: { 'x-mode': mode } })
  expect((await send('decline')).status).toBe(402)
  expect((await send('fail')).status).toBe(500)
  expect((await send('ok')).status).toBe(201)
  expect((await send('laugh')).status).toBe(400)
})

test('notifications are recorded, newest first', async () => {
  const to = { customerId: customerId(1) }
  const first = await shop.app.call(sendNotification, { ...to, text: 'first' })
  const second = await shop.app.call(sendNotification, { ...to, text: 'second' })
  await waitFor(async () => (await shop.app.call(listNotifications, to)).items.length === 2)
  const { items, next } = await shop.app.call(listNotifications, { ...to, limit: 1 })
  expect(items).toEqual([second])
  expect((await shop.app.call(listNotifications, { ...to, after: next ?? undefined })).items).toEqual([first])
  expect((await shop.app.call(listNotifications, { customerId: customerId(2) })).items).toEqual([])
})
