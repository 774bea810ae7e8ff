import { command, event, module } from 'fulcrum'
import { createApp } from 'fulcrum/app'
import { postgres } from 'fulcrum/postgres'
import pg from 'pg'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { freshDatabase } from '../../support/database.ts'
import { waitFor } from '../../support/wait-for.ts'

const Read = event('meters.Read', z.object({ id: z.int() }))

const record = command('meters.record', {
  input: z.object({ id: z.int() }),
  emits: [Read],
  contract: {
    transaction: { isolation: 'read committed' },
    throughput: { batch: { size: 100, wait: '50ms' } },
  },
})

const meters = module('meters', {
  migrations: [{ name: '0001', up: 'CREATE TABLE reading (id int PRIMARY KEY)' }],
  handlers: (on) => [
    on(record, {
      many: async (inputs, { sql, emit }) => {
        for (const { id } of inputs) emit(Read, { id })
        await sql.query('INSERT INTO meters.reading SELECT unnest($1::int[])', [inputs.map(({ id }) => id)])
      },
    }),
  ],
})

const log = module('log', {
  migrations: [{ name: '0001', up: 'CREATE TABLE entry (id int NOT NULL)' }],
  handlers: (on) => [
    on(Read, async ({ id }, { sql }) => {
      await sql`INSERT INTO log.entry VALUES (${id})`
    }),
  ],
})

test('a batch tells of what it has done, and of nothing that was taken apart', async () => {
  await using database = await freshDatabase()
  await using app = await createApp({
    modules: [meters, log],
    store: postgres({ url: database.url }),
  }).start()
  await app.call(record, { id: 7 })
  const ids = Array.from({ length: 50 }, (_, id) => id)
  const outcomes = await Promise.allSettled(ids.map((id) => app.call(record, { id })))
  expect(outcomes.map(({ status }, id) => status === (id === 7 ? 'rejected' : 'fulfilled'))).not.toContain(
    false,
  )
  const client = new pg.Client(database.url)
  await client.connect()
  try {
    const told = await waitFor(async () => {
      const { rows } = await client.query<{ id: number }>('SELECT id FROM log.entry ORDER BY id')
      return rows.length >= ids.length && rows.map(({ id }) => id)
    })
    expect(told).toEqual(ids)
  } finally {
    await client.end()
  }
})
