import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type FreshDatabase, freshDatabase } from '../../support/database.ts'
import { clock } from '../../support/parts.ts'
import { waitFor } from '../../support/wait-for.ts'
import { type Fact, happen, log, startBus } from './bus-app.ts'

let database: FreshDatabase
let client: pg.Client

beforeAll(async () => {
  database = await freshDatabase()
  client = new pg.Client({ connectionString: database.url })
  await client.connect()
  const app = await startBus(database.url, [log()])
  await app.close()
})

beforeEach(async () => {
  await client.query('TRUNCATE log.entry')
})

afterAll(async () => {
  await client.end()
  await database[Symbol.asyncDispose]()
})

const program = fileURLToPath(new URL('crashing-instance.ts', import.meta.url))

function instance(operation = '', point = ''): ChildProcess {
  return fork(program, [database.url, operation, point], { stdio: 'ignore' })
}

async function entries(): Promise<Fact[]> {
  const { rows } = await client.query<Fact>('SELECT thing, n FROM log.entry ORDER BY at')
  return rows
}

async function delivered(count: number, deadline = 30_000): Promise<Fact[]> {
  await waitFor(async () => (await entries()).length >= count, { deadline })
  return entries()
}

const AROUND_STATEMENTS = [1, 2, 3].flatMap((n) => [`before statement ${n}`, `after statement ${n}`])
const POINTS = ['before the transaction', ...AROUND_STATEMENTS, 'before the commit', 'after the commit']
const ns = [0, 1, 2]

describe('an instance is killed while it delivers', () => {
  it.each(POINTS)('%s: each event is applied once, in order', async (point) => {
    const publisher = await startBus(database.url, [])
    await publisher.call(happen, { thing: point, ns })
    await publisher.close()
    const child = instance('log.onHappened', point)
    expect(await once(child, 'exit')).toEqual([null, 'SIGKILL'])
    const before = await entries()
    expect(before).toEqual(point === 'after the commit' ? ns.map((n) => ({ thing: point, n })) : [])
    const healthy = await startBus(database.url, [log()])
    try {
      await healthy.call(happen, { thing: 'last', ns: [0] })
      const all = await delivered(4)
      expect(all).toEqual([...ns.map((n) => ({ thing: point, n })), { thing: 'last', n: 0 }])
    } finally {
      await healthy.close()
    }
  })
})

describe('an instance is killed while it emits', () => {
  it.each([
    ['before the commit', []],
    ['after the commit', ns],
  ])('%s', async (point, expected) => {
    const child = instance('things.happen', point)
    await once(child, 'message')
    const exited = once(child, 'exit')
    child.send({ thing: point, ns })
    expect(await exited).toEqual([null, 'SIGKILL'])
    const healthy = await startBus(database.url, [log()])
    try {
      await healthy.call(happen, { thing: 'last', ns: [0] })
      const all = await delivered(expected.length + 1)
      expect(all.filter(({ thing }) => thing === point).map(({ n }) => n)).toEqual(expected)
    } finally {
      await healthy.close()
    }
  })
})

describe('instances that are killed again and again', () => {
  it('lose no event, apply none twice, and keep the order of each key', { timeout: 120_000 }, async () => {
    const publisher = await startBus(database.url, [])
    const things = Array.from({ length: 5 }, (_, n) => `thing ${n}`)
    const each = 60
    const over = new AbortController()
    const killing = (async () => {
      while (!over.signal.aborted) {
        const both = [instance(), instance()]
        await Promise.all(both.map((child) => once(child, 'message')))
        const had = (await entries()).length
        await waitFor(async () => over.signal.aborted || (await entries()).length > had, { deadline: 60_000 })
        const ended = both.map((child) => once(child, 'exit'))
        for (const child of both) child.kill('SIGKILL')
        await Promise.all(ended)
      }
    })()
    try {
      for (let n = 0; n < each; n += 1) {
        await Promise.all(things.map((thing) => publisher.call(happen, { thing, ns: [n] })))
        await clock.yield()
      }
      await waitFor(async () => (await entries()).length >= things.length * each, { deadline: 90_000 })
    } finally {
      over.abort()
      await killing
      await publisher.close()
    }
    const all = await entries()
    for (const thing of things)
      expect(all.filter((entry) => entry.thing === thing).map(({ n }) => n)).toEqual(
        Array.from({ length: each }, (_, n) => n),
      )
  })
})
