import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { postgres } from '../../../packages/fulcrum/src/adapters/postgres/source.ts'
import { startTestCluster } from '../../../packages/fulcrum/src/adapters/embedded-postgres/test-cluster.ts'
import type { Clock } from '../../../packages/fulcrum/src/kernel/clock.ts'
import { Deadline } from '../../../packages/fulcrum/src/kernel/deadline.ts'
import { isFulcrumError } from '../../../packages/fulcrum/src/kernel/errors/fulcrum-error.ts'
import type { Store } from '../../../packages/fulcrum/src/ports/store.ts'
import { type FreshDatabase, freshDatabase } from '../../support/database.ts'
import { random } from '../../support/parts.ts'
import { call, clock, failureOf, Observer, TestStore } from './harness.ts'
import { type Cut, CuttingProxy } from './cutting-proxy.ts'

let database: FreshDatabase
let observer: Observer
let proxy: CuttingProxy

beforeAll(async () => {
  database = await freshDatabase()
  observer = await Observer.connect(database.url)
  await observer.rows('CREATE TABLE effect (id int PRIMARY KEY)')
  proxy = await CuttingProxy.before(database.url)
})

afterAll(async () => {
  await proxy[Symbol.asyncDispose]()
  await observer[Symbol.asyncDispose]()
  await database[Symbol.asyncDispose]()
})

async function isThere(id: number): Promise<boolean> {
  return (await observer.rows('SELECT FROM effect WHERE id = $1', [id])).length === 1
}

interface Told {
  readonly outcome: 'committed' | 'not committed' | 'unknown'
  readonly xid: string
}

/** One transaction whose COMMIT is cut; what its caller is told. */
async function insert(store: Store, id: number): Promise<Told> {
  let xid = ''
  try {
    const { position } = await store.transaction(
      { isolation: 'serializable', durability: 'local' },
      call(),
      async (tx) => {
        const text = 'INSERT INTO effect VALUES ($1) RETURNING pg_current_xact_id()::text AS xid'
        xid = (await tx.run<{ xid: string }>(text, [id])).rows[0]?.xid ?? ''
      },
    )
    expect(position?.lsn).toBeGreaterThan(0)
    return { outcome: 'committed', xid }
  } catch (error) {
    if (isFulcrumError(error, 'FUL-3005')) return { outcome: 'not committed', xid }
    if (isFulcrumError(error, 'FUL-3006')) return { outcome: 'unknown', xid }
    throw error
  }
}

async function told(store: Store, id: number): Promise<Told['outcome']> {
  return (await insert(store, id)).outcome
}

describe('a COMMIT whose exchange is cut', () => {
  test('is told as it is, wherever the cut is', async () => {
    await using store = await TestStore.start({ url: proxy.url, pipelined: 0, max: 2 })
    expect(await told(store.store, 0)).toBe('committed')
    const { request, decisive, answer } = proxy.length
    const cuts: Cut[] = [
      ...Array.from({ length: request + 1 }, (_, bytes) => ({ side: 'request', bytes, how: 'cut' }) as const),
      ...Array.from({ length: answer + 1 }, (_, bytes) => ({ side: 'answer', bytes, how: 'cut' }) as const),
    ]
    expect(cuts.length).toBeGreaterThan(100)
    for (const [index, cut] of cuts.entries()) {
      const id = index + 1
      proxy.cutNext(cut)
      const outcome = await told(store.store, id)
      expect({ cut, outcome }).toEqual({ cut, outcome: (await isThere(id)) ? 'committed' : 'not committed' })
      // Cut behind the COMMIT itself, the server may or may not have read it.
      if (cut.side === 'answer' || cut.bytes < decisive)
        expect({ cut, outcome }).toEqual({
          cut,
          outcome: cut.side === 'answer' ? 'committed' : 'not committed',
        })
    }
  })

  test('is told as it is when nobody hears of the cut', async () => {
    const store = await impatient(proxy.url)
    try {
      const cuts: Cut[] = [
        { side: 'request', bytes: 0, how: 'silence' },
        { side: 'request', bytes: 7, how: 'silence' },
        { side: 'answer', bytes: 0, how: 'silence' },
        { side: 'answer', bytes: 20, how: 'silence' },
      ]
      for (const [index, cut] of cuts.entries()) {
        const id = 1_000 + index
        proxy.cutNext(cut)
        const outcome = await told(store, id)
        expect({ cut, outcome }).toEqual({
          cut,
          outcome: cut.side === 'answer' ? 'committed' : 'not committed',
        })
        expect(await isThere(id)).toBe(outcome === 'committed')
      }
      // A COMMIT that never arrived leaves nobody behind who holds locks.
      const left = await observer.rows("SELECT FROM pg_stat_activity WHERE state LIKE 'idle in transaction%'")
      expect(left).toEqual([])
    } finally {
      await store.close(Deadline.after(clock, 5_000))
    }
  })

  test('is unknown while the server stays away', async () => {
    const store = await impatient(proxy.url)
    try {
      proxy.onCut = () => proxy.shut()
      proxy.cutNext({ side: 'answer', bytes: 0, how: 'cut' })
      const failure = await failureOf(
        store.transaction({ isolation: 'read committed', durability: 'local' }, call(), (tx) =>
          tx.run('INSERT INTO effect VALUES (2000)', []),
        ),
      )
      expect(failure).toMatchObject({ code: 'FUL-3006', operation: 'test.call' })
    } finally {
      proxy.onCut = () => {}
      proxy.isOpen = true
      await store.close(Deadline.after(clock, 5_000))
    }
  })
})

/** A store whose long patience passes ten times as fast: seconds, which a busy machine does not use up by itself. */
async function impatient(url: string): Promise<Store> {
  const fast: Clock = {
    now: () => clock.now() * 10,
    coarse: () => clock.coarse(),
    wall: () => clock.wall(),
    timer: (ms, callback, options) => clock.timer(ms >= 10_000 ? ms / 10 : ms, callback, options),
    alarm: (at, callback) => clock.alarm(at, callback),
    sleep: (ms, signal) => clock.sleep(ms, signal),
    yield: () => clock.yield(),
  }
  const dependencies = { clock: fast, random, log: () => {} }
  const { store } = await postgres({ url, pipelined: 0 }).open(dependencies)
  await store.start(Deadline.after(clock, 10_000))
  return store
}

describe('a COMMIT that a crash of the server cuts', () => {
  test('is told as it is when the server is back', { timeout: 90_000 }, async () => {
    await using cluster = await startTestCluster({ durable: true }, { clock, random })
    await using before = await CuttingProxy.before(cluster.primaryUrl)
    await using store = await TestStore.start({ url: before.url, pipelined: 0 })
    await store.transaction((tx) => tx.run('CREATE TABLE effect (id int PRIMARY KEY)', []))
    const crash = async (cut: Cut, id: number, meanwhile: () => Promise<void>): Promise<Told> => {
      const restarted = Promise.withResolvers<void>()
      before.onCut = () => {
        before.isOpen = false
        void cluster.primary
          .kill()
          .then(() => cluster.primary.start())
          .then(meanwhile)
          .then(restarted.resolve, restarted.reject)
          .finally(() => (before.isOpen = true))
      }
      before.cutNext(cut)
      const outcome = await insert(store.store, id)
      await restarted.promise
      return outcome
    }

    const committed = await crash({ side: 'answer', bytes: 0, how: 'cut' }, 1, async () => {})
    expect(committed.outcome).toBe('committed')

    // What was never written to the log is forgotten, and its transaction id is given to somebody else, who commits.
    let reused = false
    for (let id = 2; id < 12 && !reused; id++) {
      const { xid, outcome } = await crash({ side: 'request', bytes: 0, how: 'cut' }, id, () =>
        commitMany(cluster.primaryUrl),
      )
      expect(outcome).toBe('not committed')
      await using later = await Observer.connect(cluster.primaryUrl)
      const [row] = await later.rows('SELECT pg_xact_status($1::xid8) AS status', [xid])
      reused = row?.['status'] === 'committed'
    }
    expect(reused).toBe(true)
    await using last = await Observer.connect(cluster.primaryUrl)
    expect(await last.rows('SELECT id FROM effect')).toEqual([{ id: 1 }])
  })
})

/** Uses up transaction ids. */
async function commitMany(url: string): Promise<void> {
  await using client = await Observer.connect(url)
  for (let round = 0; round < 20; round++) await client.rows('SELECT pg_current_xact_id()')
}
