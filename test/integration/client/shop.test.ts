import { createClient, isDomainError, isFulcrumError, isRemoteError } from 'fulcrum/client'
import { afterAll, beforeAll, expect, test } from 'vitest'
import * as accounts from '../../../examples/shop/modules/accounts/api.ts'
import * as catalog from '../../../examples/shop/modules/catalog/api.ts'
import * as orders from '../../../examples/shop/modules/orders/api.ts'
import * as profiles from '../../../examples/shop/modules/profiles/api.ts'
import { customerId, productId } from '../shop/support/ids.ts'
import { openShop, shopDatabase } from '../shop/support/shop.ts'

const open = new AsyncDisposableStack()
let url: string
beforeAll(async () => {
  const database = open.use(await shopDatabase())
  url = open.use(await openShop(database)).url
})
afterAll(() => open.disposeAsync())

const shop = () => createClient({ baseUrl: url, operations: { accounts, catalog, orders, profiles } })

/** Sends again what the shop had no time for, as other tests may be using the machine: 503 and 504 mean that nothing has happened. */
async function served<T>(call: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await call()
    } catch (error) {
      const busy = isFulcrumError(error, 'FUL-3001') || (isRemoteError(error) && error.status === 503)
      if (!busy || attempt === 20) throw error
    }
  }
}

const failureOf = (call: () => Promise<unknown>): Promise<unknown> =>
  served(call).then(
    () => undefined,
    (reason: unknown) => reason,
  )

test('pages through the catalogue', async () => {
  const client = shop()
  const first = await served(() => client.catalog.listProducts({ limit: 3 }))
  const after = first.next ?? ''
  const second = await served(() => client.catalog.listProducts({ limit: 3, after }))
  expect(new Set([...first.items, ...second.items].map(({ id }) => id)).size).toBe(6)
})

test('changes a price that nobody else has changed', async () => {
  const client = shop()
  const id = productId(21)
  const seen = await served(() => client.catalog.getProduct.withMeta({ id }))
  const amount = seen.data.price.amount + 1
  const ifMatch = seen.etag ?? ''
  const changed = await served(() => client.catalog.changePrice({ id, amount }, { ifMatch }))
  expect(changed.price.amount).toBe(amount)
  const again = await failureOf(() => client.catalog.changePrice({ id, amount: 1 }, { ifMatch }))
  expect(isRemoteError(again, 'FUL-2008')).toBe(true)
})

test('orders, and learns which product is out of stock', async () => {
  const client = shop()
  const basket = (product: number, lines: number, quantity: number) => ({
    customerId: customerId(21),
    items: Array.from({ length: lines }, () => ({ productId: productId(product), quantity })),
  })
  const order = await served(() => client.orders.placeOrder(basket(22, 1, 1)))
  expect(await served(() => client.orders.getOrder({ id: order.id }))).toEqual(order)
  const failure = await failureOf(() => client.orders.placeOrder(basket(23, 100, 1000)))
  if (!isDomainError(failure, orders.OutOfStock)) throw new Error('not out of stock', { cause: failure })
  expect(JSON.stringify(failure.data)).toContain(productId(23))
})

test('withdraws what is there', async () => {
  const client = shop()
  const id = customerId(24)
  const { balance } = await served(() => client.accounts.getBalance({ id }))
  const failure = await failureOf(() => client.accounts.withdraw({ id, amount: balance.amount + 1 }))
  expect(isDomainError(failure, accounts.InsufficientFunds)).toBe(true)
  const left = await served(() => client.accounts.withdraw({ id, amount: 1 }))
  expect(left.balance.amount).toBe(balance.amount - 1)
})
