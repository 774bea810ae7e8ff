import { fork } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { createClient } from 'fulcrum/client'
import { toFetchHandler, toNodeHandler } from 'fulcrum/http'
import { postgres } from 'fulcrum/postgres'
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type FreshDatabase, freshDatabase } from '../../support/database.ts'
import { waitFor } from '../../support/wait-for.ts'
import { countItems, importItems, type ItemsApp, itemsApp, linesOf, send } from './items-app.ts'

/** Of the import that is killed: 100,000 by `IMPORT_ROWS=100000`. */
const ROWS = Number(process.env.IMPORT_ROWS ?? 6_000)

let database: FreshDatabase
let client: pg.Client
let one: ItemsApp

beforeAll(async () => {
  database = await freshDatabase()
  one = await itemsApp(postgres({ url: database.url }))
  client = new pg.Client({ connectionString: database.url })
  await client.connect()
})

beforeEach(async () => {
  await client.query('TRUNCATE items.item')
  one.probe.batches = []
})

afterAll(async () => {
  await client.end()
  await one[Symbol.asyncDispose]()
  await database[Symbol.asyncDispose]()
})

async function counted(): Promise<{ items: number; most: number }> {
  const { rows } = await client.query<{ items: number; most: number }>(
    'SELECT count(*)::int AS items, coalesce(max(times), 0) AS most FROM items.item',
  )
  return rows[0] ?? { items: 0, most: 0 }
}

const program = fileURLToPath(new URL('killed-instance.ts', import.meta.url))

async function killedAt(when: 'before' | 'after', commit: number, body: string): Promise<void> {
  const child = fork(program, [database.url, when, String(commit)], { stdio: 'ignore' })
  const exited = once(child, 'exit')
  const [url] = (await once(child, 'message')) as [string]
  await expect(send(url, body, 'killed')).rejects.toThrow('fetch failed')
  expect(await exited).toEqual([null, 'SIGKILL'])
}

describe('an import', () => {
  test('applies its rows in batches, and says which it has left out', async () => {
    const body = `${linesOf(1, 1500)}no json\n{"id":"x","name":"y"}\n\n${linesOf(1501, 500)}{"id":2001,"name":"last"}`
    const { status, body: report } = await send(one.url, body, 'first')
    expect(status).toBe(200)
    expect(report).toMatchObject({ applied: 2001, refused: 2 })
    expect(report['errors']).toMatchObject([
      { line: 1501, message: 'it is no JSON in UTF-8' },
      { line: 1502 },
    ])
    expect(one.probe.batches).toEqual([1000, 997, 4])
    expect(await counted()).toEqual({ items: 2001, most: 1 })
  })

  test('that is sent again is replayed, and nothing else is taken for it', async () => {
    const body = linesOf(1, 1200)
    const first = await send(one.url, body, 'again')
    expect(await send(one.url, body, 'again')).toEqual({ ...first, replay: 'true' })
    for (const other of [linesOf(1, 1201), linesOf(1, 1199), linesOf(2, 1200), ''])
      expect(await send(one.url, other, 'again')).toMatchObject({ status: 422, body: { code: 'FUL-2015' } })
    expect(await counted()).toEqual({ items: 1200, most: 1 })
  })

  test('needs a key and a type', async () => {
    const json = { headers: { 'content-type': 'application/json', 'idempotency-key': 'x' } }
    expect(await send(one.url, linesOf(1, 1), 'x', json)).toMatchObject({ status: 415 })
    const none = { headers: { 'content-type': 'application/x-ndjson' } }
    expect(await send(one.url, linesOf(1, 1), 'x', none)).toMatchObject({
      status: 400,
      body: { code: 'FUL-2014' },
    })
  })

  test('may be as long as it likes, but none of its lines', async () => {
    const long = `{"id":5000,"name":"${'x'.repeat(1_100_000)}"}\n`
    const answer = await send(one.url, `${linesOf(1, 1000)}${long}`, 'long')
    expect(answer).toMatchObject({ status: 413, body: { code: 'FUL-2017' } })
    expect(await counted()).toEqual({ items: 1000, most: 1 })
  })

  test('that fails in a batch keeps what came before, and goes on from there', async () => {
    await client.query(`ALTER TABLE items.item ADD CONSTRAINT small CHECK (id < 1500)`)
    const body = linesOf(1, 2000)
    expect(await send(one.url, body, 'failing')).toMatchObject({ status: 500 })
    expect(await counted()).toEqual({ items: 1000, most: 1 })
    await client.query('ALTER TABLE items.item DROP CONSTRAINT small')
    expect(await send(one.url, body, 'failing')).toMatchObject({ status: 200, body: { applied: 2000 } })
    expect(await counted()).toEqual({ items: 2000, most: 1 })
  })

  test('shows what it has done to the session of its caller', async () => {
    const session = one.app.session()
    expect(await one.app.call(countItems, undefined, { session })).toMatchObject({ items: 0 })
    const rows = [{ id: 1, name: 'one' }]
    await one.app.call(importItems, rows, { idempotencyKey: 'session', session })
    expect(await one.app.call(countItems, undefined, { session })).toMatchObject({ items: 1 })
  })

  test('of two requests with one key is done once', async () => {
    const body = linesOf(1, 3000)
    const answers = await Promise.all([send(one.url, body, 'twice'), send(one.url, body, 'twice')])
    expect(answers.map(({ status }) => status).filter((status) => status !== 200 && status !== 409)).toEqual(
      [],
    )
    expect(await send(one.url, body, 'twice')).toMatchObject({ status: 200, body: { applied: 3000 } })
    expect(await counted()).toEqual({ items: 3000, most: 1 })
  })
})

test('rows are not read before there is room for them', async () => {
  const { promise, resolve } = Promise.withResolvers<void>()
  one.probe.hold = promise
  let read = 0
  function* rows() {
    for (let id = 1; id <= 5_000; id += 1) {
      read = id
      yield { id, name: 'row' }
    }
  }
  const importing = one.app.call(importItems, rows(), { idempotencyKey: 'slow' })
  await waitFor(() => one.probe.batches.length === 1)
  expect(read).toBe(1_000)
  one.probe.hold = undefined
  resolve()
  expect(await importing).toEqual({ applied: 5_000, refused: 0, errors: [] })
})

test('who is cut off goes on where that was', async () => {
  const body = linesOf(1, 4_000)
  const cut = new AbortController()
  const half = new ReadableStream({
    start: (controller) => controller.enqueue(new TextEncoder().encode(body.slice(0, body.length / 2))),
  })
  const options = { signal: cut.signal, duplex: 'half' } as RequestInit
  const lost = send(one.url, half, 'cut', options).catch(() => 'lost')
  await waitFor(async () => (await counted()).items >= 1_000)
  cut.abort()
  expect(await lost).toBe('lost')
  await waitFor(async () => (await send(one.url, body, 'cut')).status === 200)
  expect(await counted()).toEqual({ items: 4_000, most: 1 })
})

test('an import that is killed again and again comes to the same', async () => {
  const body = linesOf(1, ROWS)
  await killedAt('after', 1, body)
  await killedAt('before', 2, body)
  await killedAt('before', 1, body)
  await killedAt('after', 2, body)
  expect((await counted()).items).toBe(4_000)
  const answer = await send(one.url, body, 'killed')
  expect(answer).toMatchObject({ status: 200, replay: null, body: { applied: ROWS, refused: 0 } })
  expect(await counted()).toEqual({ items: ROWS, most: 1 })
  expect(one.probe.batches.reduce((sum, rows) => sum + rows, 0)).toBe(ROWS - 4_000)
}, 120_000)

describe('the same over', () => {
  test('a fetch handler', async () => {
    const handler = toFetchHandler(one.app)
    const request = new Request('http://items/items/import', {
      method: 'POST',
      headers: { 'content-type': 'application/x-ndjson', 'idempotency-key': 'fetch' },
      body: linesOf(1, 1_100),
    })
    const response = await handler(request)
    expect([response.status, await response.json()]).toMatchObject([200, { applied: 1_100 }])
  })

  test('a handler of node:http', async () => {
    const server = createServer(toNodeHandler(one.app, { onUnmatched: 'problem' }))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    expect(await send(url, linesOf(1, 1_100), 'node')).toMatchObject({
      status: 200,
      body: { applied: 1_100 },
    })
    expect(await send(url, linesOf(2, 1_100), 'node')).toMatchObject({ status: 422 })
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })

  test('the typed client', async () => {
    const calls = createClient({ baseUrl: one.url, operations: { importItems } })
    const rows = [
      { id: 1, name: 'one' },
      { id: 2, name: '' },
    ]
    expect(await calls.importItems(rows)).toMatchObject({ applied: 1, refused: 1, errors: [{ line: 2 }] })
  })
})
