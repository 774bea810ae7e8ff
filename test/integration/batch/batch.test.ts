import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type FreshDatabase, freshDatabase } from '../../support/database.ts'
import { FaultProxy } from '../../support/fault-proxy.ts'
import { waitFor } from '../../support/wait-for.ts'
import { accept, ACCEPTED_SIZE, add, type MetersApp, metersApp, record } from './meters-app.ts'

let database: FreshDatabase
let one: MetersApp
let other: MetersApp
let ids = 0

beforeAll(async () => {
  database = await freshDatabase()
  one = await metersApp(database.url)
  other = await metersApp(database.url)
})

afterAll(async () => {
  await Promise.all([one[Symbol.asyncDispose](), other[Symbol.asyncDispose]()])
  await database[Symbol.asyncDispose]()
})

/** So many ids that nobody has used. */
function freshIds(count: number): number[] {
  const first = (ids += count) - count
  return Array.from({ length: count }, (_, index) => first + index)
}

async function onDatabase<T>(work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client(database.url)
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

async function recorded(among: readonly number[]): Promise<number[]> {
  const text = 'SELECT id FROM meters.reading WHERE id = ANY($1) ORDER BY id'
  const { rows } = await onDatabase((client) => client.query<{ id: number }>(text, [among]))
  return rows.map(({ id }) => id)
}

/** What a call came to: the id that was answered, or what its error is called by. */
async function outcomeOf(answer: Promise<unknown>): Promise<unknown> {
  try {
    return ((await answer) as { readonly id: number } | undefined)?.id
  } catch (error) {
    return (error as { readonly code?: string }).code
  }
}

describe('calls on two instances', () => {
  test('are carried out in batches, and each gets its own answer', async () => {
    const before = one.batches.length + other.batches.length
    const calls = freshIds(4_000)
    const outcomes = await Promise.all(
      calls.map((id) => {
        const { app } = id % 2 === 0 ? one : other
        return outcomeOf(app.call(record, { id, meter: id % 10 === 0 ? 1_000 : 1 }))
      }),
    )
    expect(outcomes).toEqual(calls.map((id) => (id % 10 === 0 ? 'meters.Unknown' : id)))
    expect(await recorded(calls)).toEqual(calls.filter((id) => id % 10 !== 0))
    expect(one.batches.length + other.batches.length - before).toBeLessThan(100)
  })

  test('fail alone where the database refuses what they ask for, also where they meet in one batch', async () => {
    const calls = freshIds(300)
    const [taken = 0] = calls
    await one.app.call(record, { id: taken, meter: 1 })
    const asked = [...calls, 7 + taken]
    const outcomes = await Promise.all(asked.map((id) => outcomeOf(other.app.call(record, { id, meter: 1 }))))
    expect(outcomes.filter((outcome) => outcome === '23505')).toHaveLength(2)
    expect(outcomes[0]).toBe('23505')
    expect(await recorded(calls)).toEqual(calls)
  })

  test('are run again where their transactions are in each other’s way', async () => {
    const total = async (): Promise<number> => {
      const { rows } = await onDatabase((client) =>
        client.query<{ kwh: number }>('SELECT sum(kwh)::int AS kwh FROM meters.meter'),
      )
      return rows[0]?.kwh ?? 0
    }
    const before = await total()
    const calls = freshIds(200)
    await Promise.all(
      calls.map((id) => (id % 2 === 0 ? one : other).app.call(add, { meter: 1 + (id % 3), kwh: 1 })),
    )
    expect((await total()) - before).toBe(200)
  })
})

test('a batch whose callers have all gone is cancelled, and nothing of it is done', async () => {
  const calls = freshIds(50)
  await onDatabase(async (client) => {
    await client.query('BEGIN')
    await client.query('LOCK TABLE meters.reading')
    const asked = calls.map((id) => outcomeOf(one.app.call(record, { id, meter: 1 }, { deadline: '300ms' })))
    expect(new Set(await Promise.all(asked))).toEqual(new Set(['FUL-3001']))
    await client.query('COMMIT')
  })
  // What comes next is behind whatever the cancelled batch might still do.
  const [after = 0] = freshIds(1)
  await one.app.call(record, { id: after, meter: 1 })
  expect(await recorded([...calls, after])).toEqual([after])
})

/** Runs an instance until it has answered so many calls, and kills it then; says which were answered. */
async function killedAfter(answers: number, how: 'record' | 'accept'): Promise<number[]> {
  const program = fileURLToPath(new URL('recording-instance.ts', import.meta.url))
  const child = spawn(process.execPath, [program, database.url, String(freshIds(1_000_000)[0]), how], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const exited = once(child, 'exit')
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text
    if (output.split('\n').length > answers) child.kill('SIGKILL')
  })
  expect(await exited).toEqual([null, 'SIGKILL'])
  await waitFor(() => child.stdout.readableEnded)
  return output.split('\n').slice(0, -1).map(Number)
}

describe('an instance that is killed', () => {
  test.each([300, 1_000, 2_000])('after %d answers has done all that it has answered', async (answers) => {
    const answered = await killedAfter(answers, 'record')
    expect(answered.length).toBeGreaterThanOrEqual(answers)
    expect(await recorded(answered)).toEqual(answered.toSorted((a, b) => a - b))
  })

  test('loses of what it has accepted only what came last', async () => {
    const accepted = await killedAfter(4_000, 'accept')
    const kept = await recorded(accepted)
    expect(kept.length).toBeGreaterThan(accepted.length / 2)
    // The queue, and four batches.
    expect(accepted.length - kept.length).toBeLessThanOrEqual((10 + 4) * ACCEPTED_SIZE)
  })
})

describe('what was accepted', () => {
  test('is written although the database is away for a while', async () => {
    const target = new URL(database.url)
    await using proxy = await FaultProxy.before(Number(target.port))
    target.port = String(proxy.port)
    await using behind = await metersApp(String(target))
    const calls = freshIds(200)
    proxy.welcome = 'refuse'
    proxy.cut()
    await Promise.all(calls.map((id) => behind.app.call(accept, { id })))
    await waitFor(() => behind.batches.length > 0 || proxy.connections > 5, { what: 'an attempt' })
    expect(await recorded(calls)).toEqual([])
    proxy.welcome = 'join'
    await waitFor(async () => (await recorded(calls)).length === calls.length, { deadline: 30_000 })
    expect(behind.log.filter((line) => line.startsWith('lost'))).toEqual([])
  })

  test('is written before the application has closed', async () => {
    const calls = freshIds(400)
    const ending = await metersApp(database.url)
    await Promise.all(calls.map((id) => ending.app.call(accept, { id })))
    await ending.app.close()
    expect(await recorded(calls)).toEqual(calls)
  })

  test('is counted and logged where the database refuses it', async () => {
    const [taken = 0, fresh = 0] = freshIds(2)
    await one.app.call(record, { id: taken, meter: 1 })
    await Promise.all([taken, fresh].map((id) => one.app.call(accept, { id })))
    await waitFor(() => one.log.some((line) => line.startsWith('lost meters.accept: 1 accepted call(s)')))
    expect(one.log.join('\n')).toContain('duplicate key')
    expect(await recorded([fresh])).toEqual([fresh])
  })
})
