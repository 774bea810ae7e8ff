import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { isDomainError } from 'fulcrum'
import { listNotifications, sendNotification } from '../../../examples/shop/modules/notifications/api.ts'
import { getPayment, PaymentNotFound, ReferenceReused } from '../../../examples/shop/modules/payments/api.ts'
import { charge } from '../../../examples/shop/modules/payments/charge.ts'
import { providerAt, ProviderFailed } from '../../../examples/shop/modules/payments/provider.ts'
import type { Mode } from '../../../examples/shop/provider/modes.ts'
import { startProvider, type RunningProvider } from '../../../examples/shop/provider/start.ts'
import { eur } from '../../../examples/shop/shared/money.ts'
import { waitFor } from '../../support/wait-for.ts'
import { customerId } from './support/ids.ts'
import { textLike } from './support/matchers.ts'
import { openShop, request, shopDatabase, type Shop, type ShopDatabase } from './support/shop.ts'

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
  return () => provider.stop()
})

async function behave(mode: Mode): Promise<void> {
  const { status } = await request(`${provider.url}/mode`, { method: 'PUT', body: { mode } })
  expect(status).toBe(200)
}

interface Charged {
  charges: unknown[]
  asked: number
}

/** What the provider has charged, and how often it was asked. */
async function book(): Promise<Charged> {
  return (await request<Charged>(`${provider.url}/charges`, { method: 'GET' })).body
}

function pay(reference: string, amount = 1999, within = 5_000) {
  const signal = AbortSignal.timeout(within)
  return charge(
    { reference, amount: eur(amount) },
    { app: shop.app, provider: providerAt(provider.url), signal },
  )
}

test('a payment is charged once, however often it is asked for', async () => {
  const reference = randomUUID()
  const paid = await pay(reference)
  expect(paid).toEqual({
    reference,
    amount: eur(1999),
    status: 'charged',
    chargeId: textLike(/^ch_/),
  })
  expect(await pay(reference)).toEqual(paid)
  expect(await book()).toEqual({
    charges: [{ id: paid.chargeId, reference, amount: 1999, currency: 'EUR' }],
    asked: 1,
  })
})

test('a declined payment stays declined', async () => {
  const reference = randomUUID()
  await behave('decline')
  expect(await pay(reference)).toMatchObject({ status: 'declined', chargeId: null })
  await behave('ok')
  expect(await pay(reference)).toMatchObject({ status: 'declined' })
  expect((await book()).charges).toEqual([])
})

test.each(['fail', 'fail-after'] as const)(
  'after "%s" the payment is pending, and asking again charges once',
  async (mode) => {
    const reference = randomUUID()
    await behave(mode)
    await expect(pay(reference)).rejects.toBeInstanceOf(ProviderFailed)
    expect(await shop.app.call(getPayment, { reference })).toMatchObject({
      status: 'pending',
      chargeId: null,
    })
    await behave('ok')
    expect(await pay(reference)).toMatchObject({ status: 'charged' })
    expect((await book()).charges).toHaveLength(1)
  },
)

test('a hanging provider holds nobody longer than the deadline, nor any transaction', async () => {
  const reference = randomUUID()
  await behave('hang')
  const paying = pay(reference, 500, 300)
  await waitFor(async () => (await book()).asked === 1)
  expect(await shop.app.call(getPayment, { reference })).toMatchObject({ status: 'pending' })
  await expect(paying).rejects.toThrow(/timeout/)
  await behave('ok')
  expect(await pay(reference, 500)).toMatchObject({ status: 'charged' })
  expect((await book()).charges).toHaveLength(1)
})

test('a request that arrives twice is booked once', async () => {
  await behave('duplicate')
  const reference = randomUUID()
  expect(await pay(reference)).toMatchObject({ status: 'charged' })
  const { charges, asked } = await book()
  expect([charges.length, asked]).toEqual([1, 2])
})

test('payments at once with one reference are one charge', async () => {
  const reference = randomUUID()
  const paid = await Promise.all(Array.from({ length: 10 }, () => pay(reference)))
  expect(new Set(paid.map(({ chargeId }) => chargeId)).size).toBe(1)
  expect((await book()).charges).toHaveLength(1)
})

test('an unreachable provider leaves the payment pending', async () => {
  const reference = randomUUID()
  await provider.stop()
  await expect(pay(reference)).rejects.toBeInstanceOf(ProviderFailed)
  expect(await shop.app.call(getPayment, { reference })).toMatchObject({ status: 'pending' })
})

test('a reference belongs to one amount', async () => {
  const reference = randomUUID()
  await pay(reference, 100)
  await expect(pay(reference, 101)).rejects.toSatisfy((error) => isDomainError(error, ReferenceReused))
  const unknown = shop.app.call(getPayment, { reference: randomUUID() })
  await expect(unknown).rejects.toSatisfy((error) => isDomainError(error, PaymentNotFound))
})

test('one request can ask the provider to misbehave', async () => {
  const body = { reference: randomUUID(), amount: 1, currency: 'EUR' }
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
