import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { MOST_PREPARED } from '../../../packages/fulcrum/src/adapters/postgres/prepared.ts'
import type { ReadTerms } from '../../../packages/fulcrum/src/ports/store.ts'
import { type FreshDatabase, freshDatabase, replayed } from '../../support/database.ts'
import { call, DEDICATED, failureOf, Observer, PIPELINED, TestStore } from './harness.ts'

let database: FreshDatabase
let observer: Observer
let store: TestStore

beforeAll(async () => {
  database = await freshDatabase()
  observer = await Observer.connect(database.url)
  await observer.client.query(`
    CREATE TABLE product (id int PRIMARY KEY, name text NOT NULL, price numeric, added timestamptz, tags text[], data jsonb);
    INSERT INTO product SELECT n, 'product ' || n, n * 1.5, '2026-01-01T00:00:00Z', ARRAY['a', 'b'], '{"n": 1}'
      FROM generate_series(1, 1000) n`)
  await replayed(observer.client, database.replicaUrl)
  store = await TestStore.start({ url: database.url, replicas: [database.replicaUrl] })
})

afterAll(async () => {
  await store[Symbol.asyncDispose]()
  await observer[Symbol.asyncDispose]()
  await database[Symbol.asyncDispose]()
})

const lanes: Record<string, ReadTerms> = { pipelined: PIPELINED, dedicated: DEDICATED }

describe.each(Object.entries(lanes))('on the %s lane', (_lane, terms) => {
  test("values travel and come back by pg's rules", async () => {
    const added = new Date('2026-01-01T00:00:00Z')
    const rows = await store.read(
      'SELECT id, name, price, added, tags, data, $2::text AS nothing FROM product WHERE id = $1 AND added = $3 AND data = $4',
      [7, null, added, { n: 1 }],
      { terms },
    )
    expect(rows).toEqual([
      { id: 7, name: 'product 7', price: '10.5', added, tags: ['a', 'b'], data: { n: 1 }, nothing: null },
    ])
  })

  test('counts rows', async () => {
    const session = store.store.read(terms, call())
    const none = await session.run('SELECT 1 WHERE false', [])
    const empty = await session.run('', [])
    session.release()
    expect([none, empty]).toEqual([
      { rows: [], rowCount: 0 },
      { rows: [], rowCount: 0 },
    ])
  })

  test('a column may have any name', async () => {
    const [row] = await store.read('SELECT 1 AS "__proto__", 2 AS "constructor", 3 AS "$1"', [], { terms })
    expect(Object.entries(row ?? {})).toEqual([
      ['__proto__', 1],
      ['constructor', 2],
      ['$1', 3],
    ])
  })

  test('a thousand at once each get their own answer', async () => {
    const ids = Array.from({ length: 1_000 }, (_, index) => index + 1)
    const session = store.store.read(terms, call())
    const results = await Promise.all(
      ids.map((id) =>
        session.run<{ id: number; name: string }>('SELECT id, name FROM product WHERE id = $1', [id]),
      ),
    )
    session.release()
    expect(results.map(({ rows }) => rows)).toEqual(ids.map((id) => [{ id, name: `product ${id}` }]))
  })

  test('errors of a statement are those of the server, and harm no neighbour', async () => {
    const session = store.store.read(terms, call())
    const mixed = Array.from({ length: 60 }, (_, index) =>
      index % 3 === 0
        ? failureOf(session.run('SELECT 1 / $1::int AS x', [0]))
        : session.run('SELECT 1 / $1::int AS x', [1]).then(({ rows }) => rows),
    )
    const results = await Promise.all(mixed)
    session.release()
    results.forEach((result, index) =>
      index % 3 === 0
        ? expect(result).toMatchObject({ code: '22012', message: 'division by zero' })
        : expect(result).toEqual([{ x: 1 }]),
    )
  })

  test('a text that cannot be parsed fails for everybody who sent it, also behind each other', async () => {
    const session = store.store.read(terms, call())
    const failures = await Promise.all(
      Array.from({ length: 20 }, () => failureOf(session.run('SELECT nothing FROM nowhere', []))),
    )
    session.release()
    for (const failure of failures) expect(failure).toMatchObject({ code: '42P01' })
  })

  test('changing data is refused', async () => {
    const text = "UPDATE product SET name = '' WHERE id = 1"
    await expect(store.read(text, [], { terms })).rejects.toMatchObject({
      code: 'FUL-4003',
      operation: 'test.call',
    })
    const hidden = 'WITH changed AS (DELETE FROM product RETURNING id) SELECT * FROM changed'
    await expect(store.read(hidden, [], { terms })).rejects.toMatchObject({ code: 'FUL-4003' })
    expect(await observer.rows("SELECT count(*)::int AS n FROM product WHERE name <> ''")).toEqual([
      { n: 1000 },
    ])
  })

  test.each(['BEGIN', 'COMMIT', 'SET search_path TO nowhere', 'LISTEN x', 'DISCARD ALL'])(
    '%s is refused',
    async (text) => {
      await expect(store.read(text, [], { terms })).rejects.toMatchObject({ code: 'FUL-4006' })
      expect(await store.read('SELECT id FROM product WHERE id = 1', [], { terms })).toEqual([{ id: 1 }])
    },
  )

  test('a setting that a question leaves behind reaches no other call', async () => {
    const change = "SELECT set_config('search_path', 'nowhere', false) AS path"
    expect(await store.read(change, [], { terms })).toEqual([{ path: 'nowhere' }])
    await store.settled()
    const reads = Array.from({ length: 30 }, () => store.read('SHOW search_path', [], { terms }))
    for (const rows of await Promise.all(reads)) expect(rows).toEqual([{ search_path: '"$user", public' }])
  })

  test('a value that cannot be sent is refused before anything is sent', async () => {
    const circular: Record<string, unknown> = {}
    circular['self'] = circular
    await expect(store.read('SELECT $1::jsonb', [circular], { terms })).rejects.toThrow(/circular/i)
    expect(await store.read('SELECT 1 AS x', [], { terms })).toEqual([{ x: 1 }])
  })

  test('COPY has no data to read', async () => {
    await expect(store.read('COPY product FROM STDIN', [], { terms })).rejects.toMatchObject({
      code: 'FUL-4003',
    })
    expect(await store.read('SELECT 1 AS x', [], { terms })).toEqual([{ x: 1 }])
  })

  test('a statement whose columns have changed is parsed anew', async () => {
    const read = (): Promise<readonly unknown[]> => store.read('SELECT * FROM changing', [], { terms })
    await observer.rows('CREATE TABLE changing (a int)')
    await observer.rows('INSERT INTO changing VALUES (1)')
    for (let round = 0; round < 5; round++) expect(await read()).toEqual([{ a: 1 }])
    await observer.rows('ALTER TABLE changing ADD COLUMN b int DEFAULT 2')
    for (let round = 0; round < 5; round++) expect(await read()).toEqual([{ a: 1, b: 2 }])
    await observer.rows('DROP TABLE changing')
  })

  test('statements report their text, time and rows', async () => {
    const facts = call()
    await store.read('SELECT id FROM product WHERE id <= $1', [3], { terms, facts })
    await failureOf(store.read('SELECT 1 / 0', [], { terms, facts }))
    expect(facts.timings).toEqual([
      { text: 'SELECT id FROM product WHERE id <= $1', rows: 3, ms: expect.any(Number) as number },
      { text: 'SELECT 1 / 0', rows: 0, ms: expect.any(Number) as number },
    ])
    for (const { ms } of facts.timings) expect(ms).toBeGreaterThan(0)
  })

  test('a released session refuses statements', async () => {
    const session = store.store.read(terms, call())
    session.release()
    session.release()
    await expect(session.run('SELECT 1', [])).rejects.toMatchObject({ code: 'FUL-3012' })
    expect(session.source).toBeUndefined()
  })

  test('the source is known from the first statement on', async () => {
    const session = store.store.read({ ...terms, target: 'replica' }, call())
    expect(session.source).toBeUndefined()
    const { rows } = await session.run('SELECT pg_is_in_recovery() AS on_replica', [])
    expect([rows, session.source]).toEqual([[{ on_replica: true }], 'replica'])
    session.release()
  })
})

describe('prepared statements', () => {
  test('are bounded per connection, on the server too', async () => {
    await using other = await TestStore.start({ url: database.url, pipelined: 1 })
    const facts = call({ operation: 'test.prepared' })
    const reads = Array.from({ length: 2 * MOST_PREPARED }, (_, index) =>
      other.read(`SELECT ${index} AS x`, [], { facts }),
    )
    const rows = (await Promise.all(reads)).map(([row]) => row?.['x'])
    expect(rows).toEqual(Array.from({ length: 2 * MOST_PREPARED }, (_, index) => index))
    const [left] = await other.read('SELECT count(*)::int AS n FROM pg_prepared_statements')
    expect(left).toEqual({ n: MOST_PREPARED })
    // The first texts are gone and come back.
    expect(await other.read('SELECT 0 AS x')).toEqual([{ x: 0 }])
  })

  test('that the server has lost are parsed anew', async () => {
    await using other = await TestStore.start({ url: database.url, pipelined: 1 })
    await other.read('SELECT 1 AS x')
    await other.read('SELECT 2 AS x')
    // A function may do what a statement must not.
    await observer.rows(`CREATE OR REPLACE FUNCTION lose_all() RETURNS int LANGUAGE plpgsql AS
      $$ BEGIN EXECUTE 'DEALLOCATE ALL'; RETURN 1; END $$`)
    await other.read('SELECT lose_all()')
    expect(await Promise.all([other.read('SELECT 1 AS x'), other.read('SELECT 2 AS x')])).toEqual([
      [{ x: 1 }],
      [{ x: 2 }],
    ])
  })
})

describe('sessions', () => {
  test('keep their connection on the dedicated lane', async () => {
    const session = store.store.read(DEDICATED, call())
    const pids = new Set<unknown>()
    for (let round = 0; round < 5; round++) {
      const { rows } = await session.run<{ pid: number }>('SELECT pg_backend_pid() AS pid', [])
      pids.add(rows[0]?.pid)
    }
    session.release()
    expect(pids.size).toBe(1)
  })

  test('spread over the pipelined connections', async () => {
    const facts = call({ operation: 'test.spread' })
    const text = 'SELECT pg_backend_pid() AS pid'
    const reads = Array.from({ length: 40 }, () => store.read<{ pid: number }>(text, [], { facts }))
    const pids = new Set((await Promise.all(reads)).map(([row]) => row?.pid))
    expect(pids.size).toBe(2)
  })

  test('let go of a connection that came too late', async () => {
    await using narrow = await TestStore.start({ url: database.url, max: 1 })
    const holder = narrow.store.read(DEDICATED, call())
    await holder.run('SELECT 1', [])
    const late = narrow.store.read(DEDICATED, call())
    const statement = failureOf(late.run('SELECT 1', []))
    late.release()
    holder.release()
    expect(await statement).toMatchObject({ code: 'FUL-3012' })
    await narrow.settled()
    expect(await narrow.read('SELECT 1 AS x', [], { terms: DEDICATED })).toEqual([{ x: 1 }])
  })
})
