import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Order } from '../../../examples/shop/modules/orders/api.ts'
import { waitFor } from '../../support/wait-for.ts'
import { customerId, productId } from './support/ids.ts'
import { childrenOf, isAlive, runTraffic, startShop } from './support/processes.ts'
import { request, shopDatabase, type ShopDatabase } from './support/shop.ts'

let database: ShopDatabase
beforeAll(async () => {
  database = await shopDatabase()
})
afterAll(() => database[Symbol.asyncDispose]())

test('two processes that start at once share the data, and it survives them', async () => {
  const [one, other] = await Promise.all([startShop(database.env), startShop(database.env)])
  await using _one = one
  await using _other = other
  const body = { customerId: customerId(1), items: [{ productId: productId(1), quantity: 1 }] }
  const placed = (await request<Order>(`${one.url}/orders`, { method: 'POST', body })).body
  const seenAt = async (url: string) =>
    (await request<Order>(`${url}/orders/${placed.id}`, { method: 'GET' })).body
  expect(await seenAt(other.url)).toEqual(placed)

  const [provider] = childrenOf(one.pid)
  expect(await one.stop('SIGKILL')).toBe('SIGKILL')
  expect(await seenAt(other.url)).toEqual(placed)
  await waitFor(() => !isAlive(provider as number), { what: 'the provider of a killed shop to end' })

  expect(await other.stop('SIGTERM')).toBe(0)
  await using again = await startShop(database.env)
  expect(await seenAt(again.url)).toEqual(placed)
  expect(again.output()).not.toContain('migrated')
})

test('it says what to try, and that works', async () => {
  await using shop = await startShop(database.env)
  expect(shop.output()).toMatch(/curl -i http:\S+\/products\/a0000000/)
  expect(shop.output()).toContain('npm run traffic')
  const stopped = await shop.stop('SIGINT')
  expect(stopped).toBe(0)
})

test('traffic visits every route without an error, and stops by itself', async () => {
  await using shop = await startShop(database.env)
  const { code, output } = await runTraffic(shop.url, ['--seconds', '3', '--rate', '150'])
  expect(output).toMatch(/ 0 errors/)
  expect(output).toMatch(/GET \/profiles\/:userId +\d+/)
  expect(output).toMatch(/POST \/orders +[1-9]/)
  expect(output).toMatch(/replica [1-9]\d* %/)
  expect(code).toBe(0)
})

test('traffic says so when there is no shop', async () => {
  const { code } = await runTraffic('http://127.0.0.1:1', ['--seconds', '1'])
  expect(code).toBe(1)
})
