import { command, error, isDomainError, job, module, query, tag } from 'fulcrum'
import { type App, createApp, defineConfig, remote } from 'fulcrum/app'
import { postgres } from 'fulcrum/postgres'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { type FreshDatabase, freshDatabase } from '../../support/database.ts'
import { freePort } from '../../support/free-port.ts'
import { waitFor } from '../../support/wait-for.ts'

const KEY = 'a key that both processes have in common'
const Item = z.object({ id: z.string() })
const Stock = z.object({ id: z.string(), pieces: z.number(), at: z.date() })
const stockOf = tag('stockOf', z.string())
const NoSuchItem = error('stock.NoSuchItem', { status: 404, data: Item })

const getStock = query('stock.get', {
  input: Item,
  output: Stock,
  errors: [NoSuchItem],
  http: 'GET /stock/:id',
  reads: ({ id }) => [stockOf(id)],
  contract: { consistency: { staleness: 'any', session: 'read-your-writes' } },
})
const addStock = command('stock.add', {
  input: z.object({ id: z.string(), pieces: z.int() }),
  output: Stock,
  http: 'POST /stock/:id',
  changes: ({ id }) => [stockOf(id)],
  contract: { transaction: { isolation: 'read committed' }, idempotency: { key: 'header' } },
})
const total = query('desk.total', { input: z.object({ ids: z.array(z.string()) }), output: z.number() })
const restock = job('desk.restock', {
  input: Item,
  contract: { transaction: { scope: 'statement' }, delivery: { attempts: 5, backoff: '1s' } },
})

const stock = module('stock', {
  migrations: [{ name: '0001', up: 'CREATE TABLE item (id text PRIMARY KEY, pieces int NOT NULL)' }],
  handlers: (on) => [
    on(getStock, async ({ id }, { sql, fail, now }) => {
      const [row] = await sql<{ pieces: number }>`select pieces from stock.item where id = ${id}`
      return row === undefined ? fail(NoSuchItem, { id }) : { id, pieces: row.pieces, at: now() }
    }),
    on(addStock, async ({ id, pieces }, { sql, now }) => {
      const [row] = await sql<{ pieces: number }>`
        insert into stock.item as item values (${id}, ${pieces})
        on conflict (id) do update set pieces = item.pieces + excluded.pieces returning pieces`
      return { id, pieces: row?.pieces ?? 0, at: now() }
    }),
  ],
})

let failures = 0
const desk = module('desk', {
  handlers: (on) => [
    on(
      total,
      async ({ ids }, { callMany }) => {
        const found = await callMany(
          getStock,
          ids.map((id) => ({ id })),
        )
        return found.reduce((sum, each) => sum + (each.ok ? each.value.pieces : 0), 0)
      },
      { calls: [getStock] },
    ),
    on(
      restock,
      async ({ id }, { call }) => {
        await call(addStock, { id, pieces: 1 })
        await call(addStock, { id, pieces: 1 })
        failures += 1
        if (failures < 2) throw new Error('after both were added')
      },
      { calls: [addStock] },
    ),
  ],
})

interface World extends AsyncDisposable {
  readonly front: App
  readonly back: App
  readonly url: string
}

/** `desk` here, `stock` in another process, on one database or on two. */
async function world(databases: readonly [front: FreshDatabase, back: FreshDatabase]): Promise<World> {
  const [ours, theirs] = databases
  const database = ours === theirs ? 'shared' : 'own'
  const port = await freePort()
  const internal = { keys: [KEY] }
  const back = createApp(
    defineConfig({
      modules: [stock],
      store: postgres({ url: theirs.url, replicas: [theirs.replicaUrl] }),
      internal: { ...internal, port },
      session: {},
    }),
  )
  const url = `http://127.0.0.1:${port}`
  const elsewhere = remote('stock', { url, operations: { getStock, addStock, stockOf }, database })
  const front = createApp(
    defineConfig({
      modules: [desk, elsewhere],
      store: postgres({ url: ours.url, replicas: [ours.replicaUrl] }),
      internal,
      session: {},
    }),
  )
  // It starts without the other one.
  const { url: publicUrl } = await front.listen({ port: 0 })
  await back.start()
  return {
    front,
    back,
    url: publicUrl,
    [Symbol.asyncDispose]: async () => {
      await front.close()
      await back.close()
    },
  }
}

let one: FreshDatabase
let two: FreshDatabase
beforeAll(async () => {
  ;[one, two] = await Promise.all([freshDatabase(), freshDatabase()])
})
afterAll(async () => {
  await one[Symbol.asyncDispose]()
  await two[Symbol.asyncDispose]()
})

describe.each(['shared', 'own'] as const)(
  'a module in another process, with a database that is %s',
  (which) => {
    let both: World
    beforeAll(async () => {
      both = await world(which === 'shared' ? [one, one] : [one, two])
    })
    afterAll(() => both[Symbol.asyncDispose]())

    it('is called by the same signatures, with errors, dates and all', async () => {
      const { front } = both
      const idempotencyKey = 'a'
      const added = await front.call(addStock, { id: which, pieces: 7 }, { idempotencyKey })
      expect(added).toMatchObject({ pieces: 7, at: expect.any(Date) as Date })
      const again = await front.call(addStock, { id: which, pieces: 7 }, { idempotencyKey })
      expect(again).toEqual(added)
      expect(await front.call(total, { ids: [which, 'none'] })).toBe(7)
      const missing: unknown = await front.call(getStock, { id: 'none' }).catch((reason: unknown) => reason)
      expect(isDomainError(missing, NoSuchItem) && missing.data).toEqual({ id: 'none' })
      await expect(front.call(getStock, { id: 7 as never })).rejects.toMatchObject({ code: 'FUL-2001' })
      await expect(front.call(addStock, { id: which, pieces: 1 })).rejects.toMatchObject({ code: 'FUL-2014' })
    })

    it('is reached by its routes, with their headers', async () => {
      const { url } = both
      const post = (key: string, body: string = '{"pieces":2}'): Promise<Response> =>
        fetch(`${url}/stock/http-${which}`, {
          method: 'POST',
          body,
          headers: { 'content-type': 'application/json', 'idempotency-key': key },
        })
      const first = await post('x')
      expect([first.status, first.headers.get('idempotent-replay')]).toEqual([200, null])
      const second = await post('x')
      expect([second.status, second.headers.get('idempotent-replay')]).toEqual([200, 'true'])
      expect(await second.json()).toEqual(await first.json())
      const invalid = await post('y', '{"pieces":"x"}')
      expect(invalid.status).toBe(400)
      const missing = await fetch(`${url}/stock/none`)
      expect([missing.status, ((await missing.json()) as { code: string }).code]).toEqual([
        404,
        'stock.NoSuchItem',
      ])
      const found = await fetch(`${url}/stock/http-${which}`)
      expect(['primary', 'replica']).toContain(found.headers.get('fulcrum-source'))
    })

    it('shows a session what it has written', async () => {
      const { front } = both
      for (let round = 1; round <= 10; round += 1) {
        const session = front.session()
        const idempotencyKey = `session-${round}`
        await front.call(addStock, { id: `session-${which}`, pieces: 1 }, { idempotencyKey, session })
        expect(session.token() !== '').toBe(which === 'shared')
        const seen = await front.call(getStock, { id: `session-${which}` }, { session })
        expect(seen.pieces).toBe(round)
      }
    })

    it('does once what a job that is run again asks for', async () => {
      failures = 0
      const { front, back } = both
      await front.enqueue(restock, { id: `job-${which}` })
      await waitFor(() => failures >= 2, { what: 'the second attempt', deadline: 30_000 })
      await waitFor(async () => (await back.call(getStock, { id: `job-${which}` })).pieces === 2)
    })
  },
)

describe('what a configuration has to say', () => {
  const store = (): ReturnType<typeof postgres> => postgres({ url: one.url })
  const elsewhere = remote('stock', {
    url: 'http://127.0.0.1:1',
    operations: { getStock, addStock },
    database: 'shared',
  })

  it('is a key', () => {
    expect(() => createApp(defineConfig({ modules: [desk, elsewhere], store: store() }))).toThrow(
      /FUL-1012.*internal/s,
    )
    const short = { modules: [desk, elsewhere], store: store(), internal: { keys: ['short'] } }
    expect(() => createApp(defineConfig(short))).toThrow(/internal.keys/)
  })

  it('is where it is, what it has, and whose database it uses', () => {
    const wrong = (terms: object): (() => unknown) => {
      const given = { url: 'http://x:1', operations: { getStock, addStock }, database: 'shared', ...terms }
      const modules = [desk, remote('stock', given as never)]
      return () => createApp(defineConfig({ modules, store: store(), internal: { keys: [KEY] } }))
    }
    expect(wrong({})).not.toThrow()
    expect(wrong({ url: 'http://x:1/path' })).toThrow(/url/)
    expect(wrong({ url: () => undefined })).toThrow(/modules.stock.url/)
    expect(wrong({ operations: {} })).toThrow(/operations/)
    expect(wrong({ operations: { total } })).toThrow(/operations/)
    expect(wrong({ database: undefined })).toThrow(/database/)
    expect(wrong({ connections: 0 })).toThrow(/connections/)
    expect(wrong({ retries: 3 })).toThrow(/retries/)
  })
})
