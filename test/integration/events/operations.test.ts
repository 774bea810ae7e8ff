import type { App } from 'fulcrum/app'
import { postgres } from 'fulcrum/postgres'
import pg from 'pg'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { Deadline } from '../../../packages/fulcrum/src/kernel/deadline.ts'
import { type FreshDatabase, freshDatabase } from '../../support/database.ts'
import { random } from '../../support/parts.ts'
import { waitFor } from '../../support/wait-for.ts'
import { call, clock } from '../postgres/harness.ts'
import { happen, log, noteDown, startBus } from './bus-app.ts'

let database: FreshDatabase
let client: pg.Client
let app: App | undefined

beforeEach(async () => {
  database = await freshDatabase()
  client = new pg.Client({ connectionString: database.url })
  await client.connect()
})

afterEach(async () => {
  await app?.close()
  app = undefined
  await client.end()
  await database[Symbol.asyncDispose]()
})

async function logged(): Promise<number[]> {
  const { rows } = await client.query<{ n: number }>('SELECT n FROM log.entry ORDER BY at')
  return rows.map(({ n }) => n)
}

it('dead letters are listed and delivered again, one or all', async () => {
  let isBroken = true
  app = await startBus(database.url, [
    log({ contract: { delivery: { attempts: 1 } } }, async (fact, ctx) => {
      if (isBroken && fact.n > 0) throw new Error(`no ${fact.n}`)
      await noteDown(fact, ctx)
    }),
  ])
  const { events } = app
  await app.call(happen, { thing: 'a', ns: [0, 1, 2, 3] })
  const letters = await waitFor(async () => {
    const found = await events.deadLetters()
    return found.length === 3 && found
  })
  expect(
    letters.map(({ subscriber, attempts, reason, data }) => ({ subscriber, attempts, reason, data })),
  ).toEqual(
    [1, 2, 3].map((n) => ({
      subscriber: 'log.onHappened',
      attempts: 1,
      reason: `Error: no ${n}`,
      data: { thing: 'a', n },
    })),
  )
  expect(await events.deadLetters('log.onNoticed')).toEqual([])
  isBroken = false
  expect(await events.redrive('log.onHappened', letters[1]?.id)).toBe(1)
  await waitFor(async () => (await logged()).length === 2)
  expect(await events.redrive('log.onHappened')).toBe(2)
  await waitFor(async () => (await logged()).length === 4)
  expect(await logged()).toEqual([0, 2, 1, 3])
  expect(await events.redrive('log.onHappened')).toBe(0)
  expect(await events.subscriptions()).toMatchObject([{ name: 'log.onHappened', troubled: 0, dead: 0 }])
})

it('a subscriber is given again what was emitted since a time, and nothing is lost meanwhile', async () => {
  app = await startBus(database.url, [log()])
  await app.call(happen, { thing: 'a', ns: [1] })
  await waitFor(async () => (await logged()).length === 1)
  const { rows } = await client.query<{ now: Date }>(
    `UPDATE fulcrum.outbox SET time = time - interval '1 hour' RETURNING now() - interval '1 minute' AS now`,
  )
  await app.call(happen, { thing: 'a', ns: [2, 3] })
  await waitFor(async () => (await logged()).length === 3)
  await app.events.replay('log.onHappened', rows[0]?.now ?? new Date())
  await app.call(happen, { thing: 'a', ns: [4] })
  await waitFor(async () => (await logged()).length === 6)
  expect((await logged()).filter((n) => n !== 4)).toEqual([1, 2, 3, 2, 3])
})

it('a subscription of the application is not forgotten, and another one is', async () => {
  app = await startBus(database.url, [log()])
  await app.close()
  app = await startBus(database.url, [])
  const [left] = await app.events.subscriptions()
  expect(left?.name).toBe('log.onHappened')
  expect(await app.events.forget('log.onHappened')).toBe(true)
  expect(await app.events.forget('log.onHappened')).toBe(false)
  expect(await app.events.subscriptions()).toEqual([])
  await app.close()
  app = await startBus(database.url, [log()])
  await expect(app.events.forget('log.onHappened')).rejects.toMatchObject({ code: 'FUL-1002' })
})

it('events are deleted when everybody is past them and they are old', async () => {
  app = await startBus(database.url, [log()])
  for (const n of [1, 2, 3]) {
    await app.call(happen, { thing: 'a', ns: [n] })
    await waitFor(async () => (await logged()).length === n)
  }
  await app.close()
  app = undefined
  const opened = await postgres({ url: database.url }).open({ clock, random, log: () => {} })
  const prune = async (keep: number): Promise<number | undefined> => opened.subscriptions?.prune(call(), keep)
  try {
    expect(await prune(3_600_000)).toBe(0)
    const left = async (): Promise<number> =>
      (await client.query('SELECT 1 FROM fulcrum.outbox')).rowCount ?? -1
    const { rows } = await client.query<{ past: number }>(
      'SELECT count(*)::int AS past FROM fulcrum.outbox, fulcrum.subscription WHERE seq <= floor',
    )
    expect(rows[0]?.past).toBeGreaterThan(0)
    expect(await prune(0)).toBe(rows[0]?.past)
    expect(await left()).toBe(6 - (rows[0]?.past ?? 0))
  } finally {
    await opened.store.close(Deadline.after(clock, 5_000))
  }
})
