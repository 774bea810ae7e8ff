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
  await using open = new AsyncDisposableStack()
  const start = async () => open.use(await startShop(database.env))
  const [one, other] = await Promise.all([start(), start()])
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
  const again = await start()
  expect(await seenAt(again.url)).toEqual(placed)
  expect(again.output()).not.toContain('migrated')
})

test('it says what to try', async () => {
  await using shop = await startShop(database.env)
  expect(shop.output()).toMatch(/curl -i http:\S+\/products\/a0000000/)
  expect(shop.output()).toContain('npm run traffic')
  expect(await shop.stop('SIGINT')).toBe(0)
})

test('traffic visits the routes, counts what comes back, and stops by itself', async () => {
  await using shop = await startShop(database.env)
  const { code, output } = await runTraffic(shop.url, ['--seconds', '3', '--rate', '100'])
  expect(code).toBe(0)
  const [requests = 0, , , declined = 0, errors = 0, primary = 0, replica = 0] = figuresOf('all', output)
  expect(requests).toBeGreaterThan(50)
  expect(requests - declined - errors).toBeGreaterThan(requests / 2)
  expect(Math.min(primary, replica)).toBeGreaterThan(0)
  const routes = output.split('\n').filter((line) => / \/[a-z]/.test(line))
  expect(routes.reduce((sum, line) => sum + (figuresOf(line.slice(0, 34).trim(), output)[0] ?? 0), 0)).toBe(
    requests,
  )
  for (const route of ['GET /profiles/:userId', 'GET /products/:id', 'POST /events']) {
    expect(figuresOf(route, output)[0]).toBeGreaterThan(0)
  }
})

/** A row of the table: requests, p50, p99, declined, errors, primary, replica, neither. */
function figuresOf(route: string, output: string): number[] {
  const row = output.split('\n').find((line) => line.startsWith(`${route} `))
  return row?.slice(34).trim().split(/ +/).map(Number) ?? []
}

test('traffic says so when there is no shop', async () => {
  const { code } = await runTraffic('http://127.0.0.1:1', ['--seconds', '1'])
  expect(code).toBe(1)
})
