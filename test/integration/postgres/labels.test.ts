import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  startTestCluster,
  type TestCluster,
} from '../../../packages/fulcrum/src/adapters/embedded-postgres/test-cluster.ts'
import type { PostgresOptions } from '../../../packages/fulcrum/src/adapters/postgres/options.ts'
import { contains } from '../../../packages/fulcrum/src/consistency/label.ts'
import { sees } from '../../../packages/fulcrum/src/consistency/snapshot.ts'
import type { LabelledRead, ReadTerms } from '../../../packages/fulcrum/src/ports/store.ts'
import { random } from '../../support/parts.ts'
import { waitFor } from '../../support/wait-for.ts'
import { call, clock, DEDICATED, failureOf, Observer, PIPELINED, TestStore } from './harness.ts'
import { HeldCommits } from './held-commits.ts'

let cluster: TestCluster
let observer: Observer

beforeAll(async () => {
  cluster = await startTestCluster({ replicas: 1 }, { clock, random })
  observer = await Observer.connect(cluster.primaryUrl)
  await observer.client.query(`
    CREATE TABLE effect (id int PRIMARY KEY, n int NOT NULL);
    INSERT INTO effect VALUES (1, 0), (2, 0);
    -- Sees what is committed while it runs: each statement of a volatile function has a snapshot of its own.
    CREATE FUNCTION looks_again() RETURNS int LANGUAGE plpgsql VOLATILE AS
      'BEGIN PERFORM pg_sleep(0.4); RETURN (SELECT n FROM effect WHERE id = 1); END'`)
})

afterAll(async () => {
  await observer[Symbol.asyncDispose]()
  await cluster.stop()
})

const LOOK = 'SELECT n FROM effect WHERE id = 1'
const CHANGE = 'UPDATE effect SET n = n + 1 WHERE id = 1'

const both = (terms: ReadTerms): ReadTerms => ({ ...terms, bracket: 'both', sees: 'one statement' })
const lower = (terms: ReadTerms): ReadTerms => ({ ...terms, bracket: 'lower', sees: 'one statement' })
const onReplica = (terms: ReadTerms): ReadTerms => ({ ...terms, target: 'replica' })

function known(label: LabelledRead | undefined): LabelledRead {
  if (label === undefined) throw new Error('there is no label')
  return label
}

async function change(store: TestStore): Promise<number> {
  const { position } = await store.transaction((tx) => tx.run(CHANGE, []))
  return position?.lsn ?? 0
}

const WAYS: readonly (readonly [string, ReadTerms, () => PostgresOptions & { end?: () => Promise<void> }])[] =
  [
    ['a pipelined connection', PIPELINED, () => ({ url: cluster.primaryUrl })],
    ['a connection of its own', DEDICATED, () => ({ url: cluster.primaryUrl })],
    ["the application's pool", DEDICATED, () => applicationPool(false)],
    ["the application's pool with pipelining", DEDICATED, () => applicationPool(true)],
  ]

function applicationPool(pipeline: boolean): PostgresOptions & { end: () => Promise<void> } {
  const pool = new pg.Pool({ connectionString: cluster.primaryUrl, pipeline })
  pool.on('error', () => {})
  return { pool, end: () => pool.end() }
}

describe.each(WAYS)('the label of a read over %s', (_way, terms, optionsOf) => {
  let store: TestStore
  let end: (() => Promise<void>) | undefined

  beforeAll(async () => {
    const { end: after, ...options } = optionsOf()
    end = after
    store = await TestStore.start({ ...options, replicas: cluster.replicaUrls })
  })

  afterAll(async () => {
    await store[Symbol.asyncDispose]()
    await end?.()
  })

  test('without questions is what the node was last known to have', async () => {
    const polled = store.node().position
    const { label } = await store.labelled(LOOK, { terms })
    expect(known(label)).toMatchObject({ source: 'primary', epoch: polled?.epoch, hi: Infinity, rx: 0 })
    expect(known(label).lo).toBeGreaterThanOrEqual(polled?.lsn ?? Infinity)
    const [row] = await observer.rows<{ lsn: number }>(
      "SELECT (pg_current_wal_insert_lsn() - '0/0')::float8 AS lsn",
    )
    expect(known(label).lo).toBeLessThanOrEqual(row?.lsn ?? 0)
  })

  test('has a lower bound from right before the data', async () => {
    const lsn = await change(store)
    // Strictly behind it only when something else is written.
    await observer.rows("SELECT pg_logical_emit_message(true, 'test', '')")
    const { label, rows } = await store.labelled(LOOK, { terms: lower(terms) })
    expect(contains(known(label), lsn)).toBe(true)
    expect(known(label).hi).toBe(Infinity)
    const again = await store.labelled(LOOK, { terms: lower(terms) })
    expect(again.rows).toEqual(rows)
  })

  test(
    'does not claim a commit whose record is written and that is not visible yet',
    { timeout: 60_000 },
    async () => {
      const [before] = await store.read<{ n: number }>(LOOK)
      await using held = await HeldCommits.on(cluster.primaryUrl)
      const { done } = await held.transaction(store, CHANGE)
      const during = await store.labelled<{ n: number }>(LOOK, { terms: both(terms) })
      expect(during.rows).toEqual([before])
      const [row] = await observer.rows<{ lsn: number }>(
        "SELECT (pg_current_wal_flush_lsn() - '0/0')::float8 AS lsn",
      )
      // It has read the very position that the commit is acknowledged with.
      expect(known(during.label).lo).toBe(row?.lsn)
      await held.release()
      const { position } = await done
      expect(position?.lsn).toBe(row?.lsn)
      expect(contains(known(during.label), position?.lsn ?? 0)).toBe(false)
      const [xid] = await observer.rows<{ xid: string }>('SELECT xmin::text AS xid FROM effect WHERE id = 1')
      const { snapshot = { xmin: 0, xmax: 0, xip: [] } } = known(during.label)
      expect(sees(snapshot, Number(xid?.xid))).toBe(false)
    },
  )

  test('has an upper bound from after the data', async () => {
    const [before] = await store.read<{ n: number }>(LOOK)
    const text = 'SELECT looks_again() AS n'
    const reading = store.labelled<{ n: number }>(text, { terms: both({ ...terms, lane: 'dedicated' }) })
    await waitFor(async () => (await observer.active('%looks_again() AS n%')).length > 0)
    const lsn = await change(store)
    const { rows, label } = await reading
    expect(rows).toEqual([{ n: (before?.n ?? 0) + 1 }])
    expect(known(label).lo).toBeLessThan(lsn)
    expect(known(label).hi).toBeGreaterThanOrEqual(lsn)
  })

  test('in one snapshot is that of the first statement', async () => {
    const session = store.store.read({ ...both(terms), sees: 'snapshot' }, call())
    try {
      const first = await session.run(LOOK, [])
      expect(session.source).toBe('primary')
      const { label } = session
      const lsn = await change(store)
      const [second, third] = await Promise.all([session.run(LOOK, []), session.run('SELECT 1 AS x', [])])
      expect(second.rows).toEqual(first.rows)
      expect(third.rows).toEqual([{ x: 1 }])
      expect(session.label).toEqual(label)
      expect(contains(known(label), lsn)).toBe(false)
      expect(known(label).hi).toBeLessThan(lsn)
    } finally {
      session.release()
    }
    await store.settled()
    expect(await observer.active('%BEGIN%')).toEqual([])
  })

  test('in one snapshot cannot write', async () => {
    const session = store.store.read({ ...terms, sees: 'snapshot' }, call())
    expect(await failureOf(session.run('DELETE FROM effect', []))).toMatchObject({ code: 'FUL-4003' })
    expect(await failureOf(session.run(LOOK, []))).toMatchObject({ code: 'FUL-4004' })
    session.release()
    await store.settled()
  })

  test('of one statement is refused a second one', async () => {
    const session = store.store.read({ ...terms, sees: 'one statement' }, call())
    await session.run(LOOK, [])
    expect(await failureOf(session.run(LOOK, []))).toMatchObject({
      code: 'FUL-4008',
      operation: 'test.call',
      message: expect.stringContaining('The query ran a second statement') as string,
    })
    session.release()
  })

  test('is not known before all statements are answered', async () => {
    const session = store.store.read({ ...terms, bracket: 'both' }, call())
    const slow = session.run('SELECT pg_sleep(0.2)', [])
    await session.run(LOOK, [])
    expect(session.label === undefined || terms.lane === 'dedicated').toBe(true)
    await slow
    expect(known(session.label).source).toBe('primary')
    session.release()
  })

  test('spans what several statements saw', async () => {
    const session = store.store.read({ ...terms, bracket: 'both' }, call())
    await session.run(LOOK, [])
    const first = known(session.label)
    const lsn = await change(store)
    await session.run(LOOK, [])
    const all = known(session.label)
    expect(all.lo).toBe(first.lo)
    expect(all.hi).toBeGreaterThanOrEqual(lsn)
    session.release()
  })
})

describe.each([
  ['pipelined', PIPELINED],
  ['dedicated', DEDICATED],
] as const)('the label of a read on a replica: %s', (_lane, terms) => {
  let store: TestStore

  beforeAll(async () => {
    store = await TestStore.start({ url: cluster.primaryUrl, replicas: cluster.replicaUrls })
  })

  afterAll(() => store[Symbol.asyncDispose]())

  test.each(['each', 'snapshot'] as const)(
    'has its replay position, and what may have been seen: %s',
    async (mode) => {
      const lsn = await change(store)
      await observer.rows("SELECT pg_logical_emit_message(true, 'test', '')")
      const { label, source } = await waitFor(async () => {
        const read = await store.labelled(LOOK, { terms: { ...onReplica(both(terms)), sees: mode } })
        return read.label !== undefined && contains(read.label, lsn) ? read : undefined
      })
      expect(source).toBe('replica')
      const { epoch, hi, lo, rx, snapshot } = known(label)
      expect(epoch).toBe(store.node().position?.epoch)
      expect(hi).toBeGreaterThanOrEqual(lo)
      expect(snapshot).toBeUndefined()
      const [row] = await observer.rows<{ xid: string }>('SELECT xmin::text AS xid FROM effect WHERE id = 1')
      expect(rx).toBeGreaterThan(Number(row?.xid))
    },
  )

  test(
    'that shows what the primary does not show yet tells by its transaction ids',
    { timeout: 60_000 },
    async () => {
      await using held = await HeldCommits.on(cluster.primaryUrl)
      const [before] = await store.read<{ n: number }>(LOOK)
      const { done } = await held.transaction(store, CHANGE)
      const n = (before?.n ?? 0) + 1
      const { label } = await waitFor(async () => {
        const read = await store.labelled<{ n: number }>(LOOK, { terms: onReplica(both(terms)) })
        return read.rows[0]?.n === n ? read : undefined
      })
      const primary = await store.labelled<{ n: number }>(LOOK, { terms: both(terms) })
      expect(primary.rows).toEqual([before])
      const xid = known(label).rx - 1
      expect(sees(known(primary.label).snapshot ?? { xmin: 0, xmax: 0, xip: [] }, xid)).toBe(false)
      await held.release()
      await done
    },
  )
})

describe('reads that share a connection', () => {
  test('share their questions, and each gets its own rows', async () => {
    await using store = await TestStore.start({ url: cluster.primaryUrl, pipelined: 1 })
    const reads = Array.from({ length: 50 }, (_, n) =>
      store.labelled('SELECT $1::int AS n', {
        values: [n],
        terms: n % 3 === 0 ? PIPELINED : both(PIPELINED),
      }),
    )
    const answers = await Promise.all(reads)
    expect(answers.map(({ rows }) => rows)).toEqual(Array.from({ length: 50 }, (_, n) => [{ n }]))
    const labels = answers.map(({ label }) => known(label))
    const bracketed = labels.filter(({ hi }) => hi < Infinity)
    expect(bracketed).toHaveLength(33)
    expect(new Set(bracketed.map(({ lo }) => lo)).size).toBe(1)
  })

  test('are moved with their questions when one of them takes long', { timeout: 60_000 }, async () => {
    await using store = await TestStore.start({ url: cluster.primaryUrl, pipelined: 1 })
    const facts = call({ operation: 'test.slow' })
    const fast = store.labelled<{ n: number }>(LOOK, { terms: both(PIPELINED) })
    const slow = store.labelled("SELECT pg_sleep(1), 'slow'", { facts })
    const behind = store.labelled<{ n: number }>(LOOK, { terms: both(PIPELINED) })
    const first = await Promise.race([slow.then(() => 'slow'), Promise.all([fast, behind])])
    expect(first).not.toBe('slow')
    for (const { label, rows } of await Promise.all([fast, behind])) {
      expect(rows).toHaveLength(1)
      expect(known(label).hi).toBeLessThan(Infinity)
    }
    await slow
  })

  test('carry the questions of the attempt that was answered', { timeout: 60_000 }, async () => {
    await using store = await TestStore.start({ url: cluster.primaryUrl, pipelined: 1 })
    const facts = call({ operation: 'test.stuck' })
    const slow = store.labelled("SELECT pg_sleep(1), 'stuck'", { facts })
    const { label } = await store.labelled('SELECT 1 AS x', { terms: both(PIPELINED) })
    // The first attempt is stuck behind the slow one, with questions that have no answer yet.
    expect(known(label).lo).toBeGreaterThan(0)
    expect(known(label).hi).toBeLessThan(Infinity)
    await slow
  })

  test('that wait for the end of a bracket are told when their deadline is over', async () => {
    await using store = await TestStore.start({ url: cluster.primaryUrl })
    const session = store.store.read({ ...DEDICATED, bracket: 'both' }, call({ budget: 300 }))
    await session.run(LOOK, [])
    cluster.primary.pause()
    try {
      expect(await failureOf(session.run(LOOK, []))).toMatchObject({ code: 'FUL-3001' })
    } finally {
      cluster.primary.resume()
    }
    session.release()
  })

  test(
    'see neither errors nor wrong rows when neighbours are cancelled, in 200 tries',
    { timeout: 60_000 },
    async () => {
      await using store = await TestStore.start({ url: cluster.primaryUrl, pipelined: 1 })
      for (let round = 0; round < 200; round++) {
        const victim = store
          .labelled('SELECT pg_sleep(0.004)', {
            facts: call({ budget: 1 + (round % 8) }),
            terms: both(PIPELINED),
          })
          .catch(() => undefined)
        const reads = Array.from({ length: 4 }, (_, n) =>
          store.labelled('SELECT $1::int AS n', { values: [n], terms: both(PIPELINED) }),
        )
        for (const [n, { rows, label }] of (await Promise.all(reads)).entries()) {
          expect(rows).toEqual([{ n }])
          expect(known(label).hi).toBeLessThan(Infinity)
        }
        await victim
      }
    },
  )
})
