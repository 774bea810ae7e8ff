import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Deadline } from '../../../packages/fulcrum/src/kernel/deadline.ts'
import { type FreshDatabase, freshDatabase } from '../../support/database.ts'
import { waitFor } from '../../support/wait-for.ts'
import { call, clock, DEDICATED, failureOf, Observer, PIPELINED, TestStore } from './harness.ts'

let database: FreshDatabase
let observer: Observer

beforeAll(async () => {
  database = await freshDatabase()
  observer = await Observer.connect(database.url)
  await observer.rows('CREATE TABLE counter (id int PRIMARY KEY, n int NOT NULL)')
  await observer.rows('INSERT INTO counter VALUES (1, 0)')
})

afterAll(async () => {
  await observer[Symbol.asyncDispose]()
  await database[Symbol.asyncDispose]()
})

describe('the own pool', () => {
  test('never opens more connections than allowed, and serves everybody in turn', async () => {
    await using store = await TestStore.start({ url: database.url, max: 3, pipelined: 0 })
    const reads = Array.from({ length: 60 }, (_, n) =>
      store.read<{ n: number; pid: number }>('SELECT $1::int AS n, pg_backend_pid() AS pid', [n]),
    )
    expect(store.node().connections.waiting).toBeGreaterThan(50)
    const rows = (await Promise.all(reads)).map(([row]) => row)
    expect(rows.map((row) => row?.n)).toEqual(Array.from({ length: 60 }, (_, n) => n))
    expect(new Set(rows.map((row) => row?.pid)).size).toBeLessThanOrEqual(3)
    await waitFor(() => store.node().connections.idle === 3)
    expect(store.node().connections).toEqual({ open: 3, idle: 3, waiting: 0 })
  })

  test('makes nobody wait beyond the deadline, and says what was waited for', async () => {
    await using store = await TestStore.start({ url: database.url, max: 1 })
    const holder = store.store.read(DEDICATED, call())
    await holder.run('SELECT 1', [])
    const facts = call({ budget: 60, operation: 'test.waiting' })
    const waiting = failureOf(store.read('SELECT 1', [], { terms: DEDICATED, facts }))
    await waitFor(() => store.node().connections.waiting === 1)
    expect(await waiting).toMatchObject({
      code: 'FUL-3002',
      operation: 'test.waiting',
      cause: { code: 'FUL-3001' },
      message: expect.stringContaining('no connection was free before the deadline (1 busy)') as string,
    })
    expect(store.node().connections.waiting).toBe(0)
    holder.release()
    expect(await store.read('SELECT 1 AS x', [], { terms: DEDICATED })).toEqual([{ x: 1 }])
  })

  test('makes nobody wait who has gone away', async () => {
    await using store = await TestStore.start({ url: database.url, max: 1 })
    const holder = store.store.read(DEDICATED, call())
    await holder.run('SELECT 1', [])
    const controller = new AbortController()
    const waiting = failureOf(
      store.transaction((tx) => tx.run('SELECT 1', []), { facts: call({ signal: controller.signal }) }),
    )
    await waitFor(() => store.node().connections.waiting === 1)
    controller.abort()
    expect(await waiting).toMatchObject({ code: 'FUL-2010' })
    holder.release()
  })

  test('replaces connections that the server has ended', async () => {
    await using store = await TestStore.start({ url: database.url, max: 2, pipelined: 0 })
    await observer.rows(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'fulcrum'",
    )
    await waitFor(() => store.node().connections.open === 0)
    // One that was just being opened may have been ended, too, and takes the read with it that is given it before that is known.
    expect(await waitFor(() => store.read('SELECT 1 AS x'))).toEqual([{ x: 1 }])
  })

  test('waits for a place on a server that has no room, as long as others have one', async () => {
    await observer.rows(`ALTER DATABASE ${database.name} CONNECTION LIMIT 5`)
    await observer.rows("CREATE ROLE guest LOGIN PASSWORD 'guest'")
    await observer.rows('GRANT ALL ON ALL TABLES IN SCHEMA public TO guest')
    try {
      const url = Object.assign(new URL(database.url), { username: 'guest', password: 'guest' }).href
      await using store = await TestStore.start({ url, max: 10, pipelined: 1 })
      const reads = Array.from({ length: 30 }, (_, n) =>
        store.read('SELECT $1::int AS n, pg_sleep(0.01)', [n], { terms: DEDICATED }),
      )
      const rows = (await Promise.all(reads)).map(([row]) => row?.['n'])
      expect(rows).toEqual(Array.from({ length: 30 }, (_, n) => n))
    } finally {
      await observer.rows(`ALTER DATABASE ${database.name} CONNECTION LIMIT -1`)
      await observer.rows('DROP OWNED BY guest')
      await observer.rows('DROP ROLE guest')
    }
  })

  test('is drained before the store is closed', async () => {
    const store = await TestStore.start({ url: database.url })
    const reading = store.read("SELECT pg_sleep(0.2), 'done' AS x", [], { terms: DEDICATED })
    const sharing = store.read("SELECT pg_sleep(0.2), 'done' AS x", [], { terms: PIPELINED })
    const writing = store.transaction(async (tx) => {
      await tx.run('UPDATE counter SET n = n + 1', [])
      await tx.run('SELECT pg_sleep(0.2)', [])
      return 'done'
    })
    await waitFor(() => store.node().connections.open - store.node().connections.idle === 2)
    await store.store.close(Deadline.after(clock, 10_000))
    expect((await reading)[0]).toMatchObject({ x: 'done' })
    expect((await sharing)[0]).toMatchObject({ x: 'done' })
    expect((await writing).value).toBe('done')
    await expect(store.read('SELECT 1')).rejects.toMatchObject({ code: 'FUL-3012' })
  })

  test('is cut when draining takes too long', async () => {
    const store = await TestStore.start({ url: database.url })
    const reading = failureOf(store.read('SELECT pg_sleep(30)', [], { terms: DEDICATED }))
    const sharing = failureOf(store.read('SELECT pg_sleep(30)', [], { terms: PIPELINED }))
    await waitFor(async () => (await observer.active('SELECT pg_sleep(30)%')).length === 2)
    await store.store.close(Deadline.after(clock, 100))
    expect(await reading).toMatchObject({ code: 'FUL-3005' })
    expect(await sharing).toMatchObject({ code: 'FUL-3005' })
    // The server notices when it next talks to the client; nothing else ends these.
    await observer.rows(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep(30)%'",
    )
  })
})

describe.each([
  ['pg.Pool', false],
  ['pg.Pool with pipelining', true],
])("the application's own %s", (_name, pipeline) => {
  let pool: pg.Pool

  beforeAll(() => {
    pool = new pg.Pool({ connectionString: database.url, max: 2, application_name: 'application', pipeline })
    // As pg's manual asks: idle clients that the server ends report it here.
    pool.on('error', () => {})
  })

  afterAll(() => pool.end())

  test('serves reads and transactions, and goes on serving the application', async () => {
    await using store = await TestStore.start({ pool })
    expect(store.store.capabilities).toMatchObject({ name: 'PostgreSQL', replicas: false, pipelining: false })
    const before = await store.read<{ n: number }>('SELECT n FROM counter WHERE id = $1', [1])
    const { value } = await store.transaction(async (tx) => {
      await tx.run('UPDATE counter SET n = n + 1 WHERE id = $1', [1])
      return (await tx.run<{ n: number }>('SELECT n FROM counter WHERE id = $1', [1])).rows[0]?.n
    })
    expect(value).toBe((before[0]?.n ?? 0) + 1)
    // The application writes on the same connections, outside of any transaction of ours.
    await Promise.all(Array.from({ length: 6 }, () => pool.query('UPDATE counter SET n = n + 1')))
    const { rows } = await pool.query('SHOW default_transaction_read_only')
    expect(rows).toEqual([{ default_transaction_read_only: 'off' }])
    expect(pool.idleCount).toBe(pool.totalCount)
  })

  test('does not let queries write', async () => {
    await using store = await TestStore.start({ pool })
    const write = store.read('UPDATE counter SET n = -1 RETURNING n', [], { terms: PIPELINED })
    await expect(write).rejects.toMatchObject({ code: 'FUL-4003' })
    const { rows } = await pool.query('SELECT n FROM counter WHERE n = -1')
    expect(rows).toEqual([])
  })

  test('is given back in order after deadlines, failures and rollbacks', async () => {
    await using store = await TestStore.start({ pool })
    for (let round = 0; round < 5; round++) {
      const facts = call({ budget: 40 })
      await Promise.all([
        failureOf(store.read('SELECT pg_sleep(10)', [], { terms: DEDICATED, facts })),
        failureOf(
          store.transaction((tx) => tx.run('SELECT pg_sleep(10)', []), { facts: call({ budget: 40 }) }),
        ),
      ])
      await failureOf(store.transaction((tx) => tx.run('SELECT 1/0', [])))
    }
    await waitFor(() => pool.idleCount === pool.totalCount)
    const statuses = await Promise.all(
      Array.from({ length: 4 }, () =>
        pool.query(
          "SELECT state FROM pg_stat_activity WHERE application_name = 'application' AND state LIKE 'idle in%'",
        ),
      ),
    )
    expect(statuses.map(({ rowCount }) => rowCount)).toEqual([0, 0, 0, 0])
  })

  test('bounds waiting by the deadline', async () => {
    await using store = await TestStore.start({ pool })
    const held = await Promise.all([pool.connect(), pool.connect()])
    const failure = await failureOf(
      store.read('SELECT 1', [], { terms: DEDICATED, facts: call({ budget: 50 }) }),
    )
    expect(failure).toMatchObject({ code: 'FUL-3002', cause: { code: 'FUL-3001' } })
    for (const client of held) client.release()
    await waitFor(() => pool.idleCount === pool.totalCount)
    expect(await store.read('SELECT 1 AS x', [], { terms: DEDICATED })).toEqual([{ x: 1 }])
  })

  test('survives that the server ends its connections', async () => {
    await using store = await TestStore.start({ pool })
    await store.read('SELECT 1')
    const failure = failureOf(store.read("SELECT pg_sleep(30), 'own'", [], { terms: DEDICATED }))
    await waitFor(async () => (await observer.active("SELECT pg_sleep(30), 'own'%")).length === 1)
    await observer.rows(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'application'",
    )
    expect(await failure).toMatchObject({ code: 'FUL-3005' })
    await waitFor(async () => (await store.read('SELECT 1 AS x'))[0]?.['x'] === 1)
  })

  test('outlives the store', async () => {
    const store = await TestStore.start({ pool })
    await store.read('SELECT 1')
    await store[Symbol.asyncDispose]()
    expect((await pool.query('SELECT 1 AS x')).rows).toEqual([{ x: 1 }])
  })
})

describe('a pool', () => {
  test('may be joined by pipelined connections', async () => {
    const pool = new pg.Pool({ connectionString: database.url, max: 1 })
    {
      await using store = await TestStore.start({ pool, pipelined: 1 })
      const names = "SELECT current_setting('application_name') AS name"
      expect(await store.read(names)).toEqual([{ name: 'fulcrum pipelined' }])
      expect(await store.read(names, [], { terms: DEDICATED })).toEqual([{ name: '' }])
      // What must not share is read-only all the same.
      await expect(store.read('SELECT 1 FROM counter FOR UPDATE')).rejects.toMatchObject({ code: 'FUL-4003' })
    }
    await pool.end()
  })

  test('may be one that was never told the password in a way that can be listed', async () => {
    const { hostname: host, port, username: user, password, pathname } = new URL(database.url)
    const pool = new pg.Pool({ host, port: Number(port), user, password, database: pathname.slice(1) })
    {
      await using store = await TestStore.start({ pool })
      expect(await store.read('SELECT 1 AS x')).toEqual([{ x: 1 }])
    }
    await pool.end()
  })

  test('may be replaced by connection options', async () => {
    const { hostname: host, port, username: user, password, pathname } = new URL(database.url)
    const options = {
      host,
      port: Number(port),
      user,
      password: async () => password,
      database: pathname.slice(1),
    }
    await using store = await TestStore.start({ pool: options })
    expect(await store.read('SELECT 1 AS x')).toEqual([{ x: 1 }])
  })
})
