import { command, event, module } from 'fulcrum'
import { createApp, defineConfig } from 'fulcrum/app'
import { postgres } from 'fulcrum/postgres'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { type FreshDatabase, freshDatabase } from '../../support/database.ts'

const Placed = event('orders.Placed', z.object({ id: z.int(), note: z.string().optional() }), {
  key: ({ id }) => String(id),
  expires: '1h',
})
const Noted = event('journal.Noted', z.object({ id: z.int() }))

const Id = z.object({ id: z.int() })
const patient = { latency: { deadline: '30s' } } as const
const note = command('journal.note', { input: Id, emits: [Noted], contract: patient })
const place = command('orders.place', {
  input: z.object({ id: z.int(), times: z.int().default(1), fails: z.boolean().default(false) }),
  emits: [Placed],
  contract: { ...patient, transaction: { joins: [note] } },
})
const tell = command('journal.tell', { input: Id, emits: [Noted], contract: patient })
const count = command('orders.count', { emits: [Placed], contract: patient })

const orders = module('orders', {
  migrations: [
    {
      name: '0001',
      up: 'CREATE TABLE placed (id int PRIMARY KEY, note text); CREATE TABLE counter (n int); INSERT INTO counter VALUES (0)',
    },
  ],
  handlers: (on) => [
    on(place, async ({ id, times, fails }, { sql, emit, call }) => {
      await sql`insert into orders.placed (id) values (${id})`
      await call(note, { id })
      for (let n = 0; n < times; n += 1) emit(Placed, { id, note: `"${n}" \\ \n, {}'` })
      if (fails) throw new Error('after emitting')
    }),
    on(count, async (_, { sql, emit }) => {
      const [row] = await sql<{ n: number }>`select n from orders.counter`
      emit(Placed, { id: row?.n ?? -1 })
      await sql`update orders.counter set n = ${(row?.n ?? 0) + 1}`
    }),
  ],
})
const journal = module('journal', {
  handlers: (on) => [
    on(note, ({ id }, { emit }) => emit(Noted, { id })),
    on(tell, ({ id }, { emit }) => emit(Noted, { id })),
  ],
})

let database: FreshDatabase
let client: pg.Client
let app: Awaited<ReturnType<typeof start>>

function start(url: string): ReturnType<ReturnType<typeof createApp>['start']> {
  return createApp(defineConfig({ modules: [orders, journal], store: postgres({ url }) }), {
    log: () => {},
  }).start()
}

interface Row {
  readonly id: string
  readonly type: string
  readonly key: string | null
  readonly data: unknown
  readonly lasts: number
}

async function outbox(): Promise<Row[]> {
  const { rows } = await client.query<Row>(
    `SELECT id, type, key, data, extract(epoch FROM expires - time)::float8 AS lasts FROM fulcrum.outbox ORDER BY seq`,
  )
  return rows
}

beforeAll(async () => {
  database = await freshDatabase()
  app = await start(database.url)
  client = new pg.Client({ connectionString: database.url })
  await client.connect()
})

afterAll(async () => {
  await client.end()
  await app.close()
  await database[Symbol.asyncDispose]()
})

describe('events of committed commands', () => {
  it('are in the outbox, in their order, with those of commands that ran inside', async () => {
    await client.query('TRUNCATE fulcrum.outbox')
    await app.call(place, { id: 1, times: 2 })
    const rows = await outbox()
    expect(rows.map(({ type, key, data }) => ({ type, key, data }))).toEqual([
      { type: 'journal.Noted', key: null, data: { id: 1 } },
      { type: 'orders.Placed', key: '1', data: { id: 1, note: `"0" \\ \n, {}'` } },
      { type: 'orders.Placed', key: '1', data: { id: 1, note: `"1" \\ \n, {}'` } },
    ])
    expect(rows.map(({ lasts }) => lasts)).toEqual([null, 3600, 3600])
    expect(new Set(rows.map(({ id }) => id)).size).toBe(3)
  })

  it('are there also where nothing else was written, in a module without tables', async () => {
    await client.query('TRUNCATE fulcrum.outbox')
    await app.call(tell, { id: 2 })
    expect(await outbox()).toMatchObject([{ type: 'journal.Noted', data: { id: 2 } }])
  })

  it('are not there when the command failed', async () => {
    await client.query('TRUNCATE fulcrum.outbox')
    await expect(app.call(place, { id: 3, fails: true })).rejects.toThrow('after emitting')
    await expect(app.call(place, { id: 1 })).rejects.toThrow('duplicate key')
    expect(await outbox()).toEqual([])
  })

  it('are of the attempt that was committed, however many there were', async () => {
    await client.query('TRUNCATE fulcrum.outbox')
    await Promise.all(Array.from({ length: 12 }, () => app.call(count)))
    const ids = (await outbox()).map(({ data }) => (data as { id: number }).id)
    expect(ids.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 12 }, (_, n) => n))
    expect(ids).toEqual(ids.toSorted((a, b) => a - b))
  })

  it('fail the command where they cannot be written', async () => {
    await client.query('ALTER TABLE fulcrum.outbox ADD CONSTRAINT none CHECK (false) NOT VALID')
    await expect(app.call(place, { id: 4 })).rejects.toThrow('violates check constraint')
    await client.query('ALTER TABLE fulcrum.outbox DROP CONSTRAINT none')
    const { rows } = await client.query('SELECT 1 FROM orders.placed WHERE id = 4')
    expect(rows).toEqual([])
  })
})
