import { afterAll, beforeAll, expect, test } from 'vitest'
import { type FreshDatabase, freshDatabase } from '../../support/database.ts'
import { waitFor } from '../../support/wait-for.ts'
import { call, clock, DEDICATED, failureOf, Observer, TestStore } from './harness.ts'

let database: FreshDatabase
let observer: Observer

beforeAll(async () => {
  database = await freshDatabase()
  observer = await Observer.connect(database.url)
})

afterAll(async () => {
  await observer[Symbol.asyncDispose]()
  await database[Symbol.asyncDispose]()
})

interface Session {
  readonly name: string
}

/** Which kind of connection serves an operation now. */
async function laneOf(store: TestStore, operation: string): Promise<string | undefined> {
  const text = "SELECT current_setting('application_name') AS name"
  const [row] = await store.read<Session>(text, [], { facts: call({ operation }) })
  return row?.name
}

test('neighbours behind a slow statement are moved, and the operation is left alone from then on', async () => {
  await using store = await TestStore.start({ url: database.url, pipelined: 1 })
  expect(await laneOf(store, 'test.slow')).toBe('fulcrum pipelined')
  const slow = store.read("SELECT pg_sleep(1), 'slow' AS x", [], { facts: call({ operation: 'test.slow' }) })
  const neighbours = Array.from({ length: 20 }, (_, n) =>
    store.read('SELECT $1::int AS n', [n], { facts: call({ operation: 'test.fast' }) }),
  )
  const first = await Promise.race([
    slow.then(() => 'slow'),
    Promise.all(neighbours).then(() => 'neighbours'),
  ])
  expect(first).toBe('neighbours')
  expect(await Promise.all(neighbours)).toEqual(Array.from({ length: 20 }, (_, n) => [{ n }]))

  // While the lane is blocked nobody is sent there.
  expect(await laneOf(store, 'test.fast')).toBe('fulcrum')
  expect(await slow).toEqual([{ pg_sleep: '', x: 'slow' }])
  expect(await laneOf(store, 'test.slow')).toBe('fulcrum')
  await waitFor(async () => (await laneOf(store, 'test.fast')) === 'fulcrum pipelined')
})

test('an operation whose statements have become short comes back', async () => {
  await using store = await TestStore.start({ url: database.url, pipelined: 1 })
  const facts = call({ operation: 'test.recovering' })
  await store.read('SELECT pg_sleep(0.1)', [], { facts })
  expect(await laneOf(store, 'test.recovering')).toBe('fulcrum')
  await waitFor(async () => (await laneOf(store, 'test.recovering')) === 'fulcrum pipelined')
})

test('a pause of this process moves nobody', async () => {
  await using store = await TestStore.start({ url: database.url, pipelined: 1 })
  // On a busy machine the server may really take that long, so it has to succeed only once.
  await waitFor(async () => {
    const operation = `test.paused.${performance.now()}`
    const reads = Array.from({ length: 10 }, () => laneOf(store, operation))
    // They are written, and answered while this process does something else.
    await clock.yield()
    const end = performance.now() + 60
    while (performance.now() < end);
    await Promise.all(reads)
    return (await laneOf(store, operation)) === 'fulcrum pipelined'
  })
})

test('a connection that is lost fails what was sent on it, and is replaced', async () => {
  await using store = await TestStore.start({ url: database.url, pipelined: 1 })
  const failure = failureOf(
    store.read("SELECT pg_sleep(30), 'lost'", [], { facts: call({ operation: 'test.lost' }) }),
  )
  const [session] = await waitFor(async () => {
    const active = await observer.active("SELECT pg_sleep(30), 'lost'%")
    return active.length > 0 ? active : undefined
  })
  await observer.rows('SELECT pg_terminate_backend($1)', [session?.pid])
  expect(await failure).toMatchObject({ code: 'FUL-3005', operation: 'test.lost' })
  expect(await laneOf(store, 'test.after')).toBe('fulcrum pipelined')
})

test('what has not been written yet when a connection is lost is sent elsewhere', async () => {
  await using store = await TestStore.start({ url: database.url, pipelined: 1, max: 1 })
  const [before] = await store.read<{ pid: number }>('SELECT pg_backend_pid() AS pid')
  await observer.rows('SELECT pg_terminate_backend($1)', [before?.pid])
  // From here on the event loop reads from sockets before it writes what is collected now. The news is already in the socket by then.
  await clock.yield()
  const end = performance.now() + 50
  while (performance.now() < end);
  const reads = Array.from({ length: 5 }, () => store.read<{ pid: number }>('SELECT pg_backend_pid() AS pid'))
  for (const [row] of await Promise.all(reads)) expect(row?.pid).not.toBe(before?.pid)
})

test('without pipelined connections everybody has their own', async () => {
  await using store = await TestStore.start({ url: database.url, pipelined: 0 })
  expect(store.store.capabilities.pipelining).toBe(false)
  expect(await laneOf(store, 'test.none')).toBe('fulcrum')
})

test('the application name says whose connection it is', async () => {
  await using store = await TestStore.start({ url: database.url, applicationName: 'shop' })
  await store.read('SELECT 1', [], { terms: DEDICATED })
  const rows = await observer.rows<Session>(
    `SELECT DISTINCT application_name AS name FROM pg_stat_activity
     WHERE datname = current_database() AND application_name LIKE 'shop%' ORDER BY 1`,
  )
  expect(rows.map(({ name }) => name)).toEqual(['shop', 'shop control', 'shop pipelined'])
})
