import { createApp, remote } from 'fulcrum/app'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import config from '../../../examples/shop/fulcrum.config.ts'
import * as inventory from '../../../examples/shop/modules/inventory/api.ts'
import type { Order } from '../../../examples/shop/modules/orders/api.ts'
import type { Recommendations } from '../../../examples/shop/modules/recommendations/api.ts'
import { freePort } from '../../support/free-port.ts'
import { waitFor } from '../../support/wait-for.ts'
import { customerId, productId } from './support/ids.ts'
import { type ShopProcess, startShop } from './support/processes.ts'
import { openShop, request, shopDatabase, type ShopDatabase, statementOn } from './support/shop.ts'

const INTERNAL_KEY = 'a key of both processes of the shop'

let database: ShopDatabase
let shop: ShopProcess
let back: ShopProcess

beforeAll(async () => {
  database = await shopDatabase()
  const [shopPort, backPort] = [await freePort(), await freePort()]
  const shared = {
    ...database.env,
    INTERNAL_KEY,
    SHOP_URL: `http://127.0.0.1:${shopPort}`,
    BACK_URL: `http://127.0.0.1:${backPort}`,
  }
  ;[shop, back] = await Promise.all([
    startShop({ ...shared, INTERNAL_PORT: String(shopPort) }, 'extracted/shop.config.ts'),
    startShop({ ...shared, INTERNAL_PORT: String(backPort) }, 'extracted/back.config.ts'),
  ])
})
afterAll(async () => {
  await shop[Symbol.asyncDispose]()
  await back[Symbol.asyncDispose]()
  await database[Symbol.asyncDispose]()
})

function get<T>(url: string, path: string) {
  return request<T>(url + path, { method: 'GET' })
}

describe('the shop with two modules in another process', () => {
  test('tells customers of their orders', async () => {
    const body = { customerId: customerId(1), items: [{ productId: productId(1), quantity: 1 }] }
    const { status, body: placed } = await request<Order>(`${shop.url}/orders`, { method: 'POST', body })
    expect(status).toBe(201)
    const told = (): Promise<unknown[]> =>
      statementOn(database, 'SELECT text FROM notifications.notification WHERE text LIKE $1', [
        `%${placed.id}%`,
      ])
    await waitFor(async () => (await told()).length > 0, { what: 'the notification', deadline: 20_000 })
    expect(await told()).toHaveLength(1)
  })

  test('answers as it did in one process', async () => {
    await using whole = await openShop(database)
    for (const path of [
      `/recommendations/${customerId(1)}`,
      `/recommendations/${customerId(900)}`,
      '/recommendations/me',
    ]) {
      const [here, there] = [await get<Recommendations>(whole.url, path), await get(shop.url, path)]
      const seen = ({ status, headers, body }: typeof there): unknown => ({
        status,
        body: withoutIds(body),
        type: headers.get('content-type'),
        cached: headers.get('cache-control')?.replace(/\d+/g, 'n'),
        vary: headers.get('vary'),
        tagged: headers.has('etag'),
      })
      expect(seen(there)).toEqual(seen(here))
    }
    const routes = async (url: string): Promise<string[]> =>
      Object.keys((await get<{ paths: object }>(url, '/openapi.json')).body.paths)
    expect(await routes(shop.url)).toEqual(await routes(whole.url))
  })

  test('does not let the public call it as if it was a part of it', async () => {
    for (const url of [shop.url, back.url]) {
      const { status } = await request(`${url}/fulcrum/call/orders.salesFor`, { method: 'POST', body: {} })
      expect(status).toBe(404)
    }
  })

  test('goes on, and says what is wrong, while the other process is away', async () => {
    await back.stop('SIGKILL')
    const response = await fetch(`${shop.url}/recommendations/${customerId(2)}`)
    expect(response.status).toBe(503)
    expect(await response.json()).toMatchObject({ code: 'FUL-3301', operation: 'recommendations.get' })
    expect((await get(shop.url, '/readyz')).status).toBe(200)
    expect((await get(shop.url, `/products/${productId(1)}`)).status).toBe(200)
  })
})

test('a module that takes part in transactions of others cannot leave', () => {
  const elsewhere = remote('inventory', {
    url: 'http://127.0.0.1:1',
    operations: inventory,
    database: 'shared',
  })
  const modules = config.modules.map((module) => (module.name === 'inventory' ? elsewhere : module))
  const extracted = { ...config, modules, internal: { keys: [INTERNAL_KEY] } }
  expect(() => createApp(extracted, { env: database.env })).toThrow(
    /FUL-1040 orders.place: Module inventory cannot be extracted: orders.place joins inventory.reserve into its transaction/,
  )
})

/** What differs from one request to the next. */
function withoutIds(body: unknown): unknown {
  return typeof body === 'object' && body !== null && 'instance' in body ? { ...body, instance: '' } : body
}
