import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createSeededRandom } from '../../../packages/fulcrum/src/kernel/random-seeded.ts'
import type { Random } from '../../../packages/fulcrum/src/kernel/random.ts'
import type { ReadTerms } from '../../../packages/fulcrum/src/ports/store.ts'
import { type FreshDatabase, freshDatabase } from '../../support/database.ts'
import { waitFor } from '../../support/wait-for.ts'
import { call, DEDICATED, failureOf, Observer, PIPELINED, TestStore } from './harness.ts'

let database: FreshDatabase
let observer: Observer
let store: TestStore

beforeAll(async () => {
  database = await freshDatabase()
  observer = await Observer.connect(database.url)
  store = await TestStore.start({ url: database.url, max: 2 })
})

afterAll(async () => {
  await store[Symbol.asyncDispose]()
  await observer[Symbol.asyncDispose]()
  await database[Symbol.asyncDispose]()
})

const lanes: Record<string, ReadTerms> = { pipelined: PIPELINED, dedicated: DEDICATED }

describe.each(Object.entries(lanes))('on the %s lane', (lane, terms) => {
  test('a statement whose deadline is over is cancelled on the server, and its caller told at once', async () => {
    const text = `SELECT pg_sleep(30), '${lane}'`
    const facts = call({ budget: 150, operation: `test.deadline.${lane}` })
    const failure = failureOf(store.read(text, [], { terms, facts }))
    const seen = await waitFor(async () => (await observer.active(`${text}%`))[0])
    expect(seen.application_name).toMatch(/^fulcrum/)
    expect(await failure).toMatchObject({ code: 'FUL-3001', operation: `test.deadline.${lane}` })
    await waitFor(async () => (await observer.active(`${text}%`)).length === 0)
    const [timing] = facts.timings
    expect(timing?.text).toBe(text)
    expect(timing?.ms).toBeGreaterThan(10)
    expect(timing?.ms).toBeLessThan(1_000)
  })

  test('a caller that goes away has its statement cancelled', async () => {
    const text = `SELECT pg_sleep(30), 'abort ${lane}'`
    const controller = new AbortController()
    const facts = call({ signal: controller.signal, operation: `test.abort.${lane}` })
    const failure = failureOf(store.read(text, [], { terms, facts }))
    await waitFor(async () => (await observer.active(`${text}%`)).length > 0)
    controller.abort()
    expect(await failure).toMatchObject({ code: 'FUL-2010' })
    await waitFor(async () => (await observer.active(`${text}%`)).length === 0)
  })

  test('nothing is sent once the deadline is over', async () => {
    const facts = call({ budget: 1 })
    await sleep(10)
    await expect(store.read(`SELECT pg_sleep(0), 'too late'`, [], { terms, facts })).rejects.toMatchObject({
      code: 'FUL-3001',
    })
    expect(facts.timings).toEqual([])
  })
})

test('a cancelled statement gives its connection back, and the next one on it is not hit', async () => {
  for (let round = 0; round < 25; round++) {
    const facts = call({ budget: 5 + round, operation: 'test.reuse' })
    await failureOf(store.read('SELECT pg_sleep(10)', [], { terms: DEDICATED, facts }))
    const next = Array.from({ length: 4 }, () => store.read('SELECT 1 AS x', [], { terms: DEDICATED }))
    expect(await Promise.all(next)).toEqual(Array.from({ length: 4 }, () => [{ x: 1 }]))
  }
  await store.settled()
  expect(store.node().connections).toEqual({ open: 2, idle: 2, waiting: 0 })
})

test('a cancellation that comes too late hits nobody, in 300 seeded tries', async () => {
  const random = createSeededRandom(9)
  await using narrow = await TestStore.start({ url: database.url, max: 1 })
  let cancelled = 0
  for (let round = 0; round < 300; round++) {
    const budget = 3 + random.next() * 4
    const sleepy = budget / 1000 - random.next() / 1000
    const facts = call({ budget, operation: 'test.late' })
    const victim = narrow.read('SELECT pg_sleep($1)', [sleepy], { terms: DEDICATED, facts })
    if ((await victim.catch(() => 'late')) === 'late') cancelled++
    const next = narrow.read('SELECT $1::int AS n, pg_sleep(0.002)', [round], { terms: DEDICATED })
    expect(await next).toMatchObject([{ n: round }])
  }
  expect(cancelled).toBeGreaterThan(30)
})

test('what a released session has not awaited is cancelled, not left running', async () => {
  const text = "SELECT pg_sleep(30), 'forgotten'"
  const session = store.store.read(DEDICATED, call())
  const failure = failureOf(session.run(text, []))
  await waitFor(async () => (await observer.active(`${text}%`)).length > 0)
  session.release()
  expect(await failure).toMatchObject({ code: 'FUL-3012' })
  await waitFor(async () => (await observer.active(`${text}%`)).length === 0)
  await store.settled()
})

test('a transaction whose deadline is over is cancelled and rolled back', async () => {
  await observer.rows('CREATE TABLE touched (id int)')
  const text = "SELECT pg_sleep(30), 'in transaction'"
  const facts = call({ budget: 150, operation: 'test.transaction' })
  const failure = failureOf(
    store.transaction(
      async (tx) => {
        await tx.run('INSERT INTO touched VALUES (1)', [])
        await tx.run(text, [])
      },
      { facts },
    ),
  )
  await waitFor(async () => (await observer.active(`${text}%`)).length > 0)
  expect(await failure).toMatchObject({ code: 'FUL-3001', operation: 'test.transaction' })
  await store.settled()
  expect(await observer.rows('SELECT * FROM touched')).toEqual([])
  const states = (await observer.sessions()).map(({ state }) => state)
  expect(new Set(states)).toEqual(new Set(['idle']))
})

/** What one neighbour reads: its own number, in a short while. */
const NEIGHBOUR = 'SELECT $1::int AS n, pg_sleep($2::float8 / 1000)'

interface Try {
  readonly neighbours: number
  readonly cancelled: number
}

/** Sends reads down one connection, some of which run out of time about when they would have ended. */
async function tryOnce(one: TestStore, random: Random, name: string): Promise<Try> {
  const outcomes = Array.from({ length: 12 }, async (_, index) => {
    const isVictim = random.next() < 0.3
    const budget = isVictim ? 1 + random.next() * 8 : 20_000
    const ms = isVictim ? 1 + random.next() * 7 : random.next() * 0.5
    const facts = call({ budget, operation: `${name}.${index}` })
    const found = await one.read<{ n: number }>(NEIGHBOUR, [index, ms], { facts }).then(
      ([row]) => row?.n,
      (error: unknown) => (error as { code: string }).code,
    )
    if (!isVictim || found !== 'FUL-3001') expect(found).toBe(index)
    return { isVictim, wasCancelled: found === 'FUL-3001' }
  })
  const all = await Promise.all(outcomes)
  return {
    neighbours: all.filter(({ isVictim }) => !isVictim).length,
    cancelled: all.filter(({ wasCancelled }) => wasCancelled).length,
  }
}

test('neighbours on the same connection see neither an error nor a wrong result, in 400 seeded tries', async () => {
  const sum = { neighbours: 0, cancelled: 0 }
  const rounds = async (seed: number): Promise<void> => {
    const random = createSeededRandom(seed)
    await using one = await TestStore.start({ url: database.url, pipelined: 1 })
    for (let round = 0; round < 100; round++) {
      const result = await tryOnce(one, random, `test.try.${seed}.${round}`)
      sum.neighbours += result.neighbours
      sum.cancelled += result.cancelled
    }
  }
  await Promise.all([1, 2, 3, 4].map(rounds))
  // Otherwise the tries would have shown nothing.
  expect(sum.cancelled).toBeGreaterThan(100)
  expect(sum.neighbours).toBeGreaterThan(2_000)
})

test('a cancellation by somebody else hits a read that is then repeated', async () => {
  const text = "SELECT pg_sleep(0.3), 'hit' AS x"
  const reading = store.read(text, [], { facts: call({ operation: 'test.foreign' }) })
  const [first] = await waitFor(async () => {
    const active = await observer.active(`${text}%`)
    return active.length > 0 ? active : undefined
  })
  await observer.rows('SELECT pg_cancel_backend($1)', [first?.pid])
  expect(await reading).toEqual([{ pg_sleep: '', x: 'hit' }])
})

test('a limit of the server is not taken for a cancellation: the read fails after one more try', async () => {
  await observer.rows(`ALTER DATABASE ${database.name} SET statement_timeout = '50ms'`)
  try {
    await using limited = await TestStore.start({ url: database.url })
    const facts = call({ operation: 'test.limit' })
    await expect(limited.read('SELECT pg_sleep(5)', [], { facts })).rejects.toMatchObject({ code: '57014' })
    expect(facts.timings.map(({ rows }) => rows)).toEqual([0])
  } finally {
    await observer.rows(`ALTER DATABASE ${database.name} RESET statement_timeout`)
  }
})
