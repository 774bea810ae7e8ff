import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  startTestCluster,
  type TestCluster,
} from '../../../packages/fulcrum/src/adapters/embedded-postgres/test-cluster.ts'
import { PostgresIdempotencyLog } from '../../../packages/fulcrum/src/adapters/postgres/idempotency-log.ts'
import { OWN_TABLES } from '../../../packages/fulcrum/src/adapters/postgres/own-tables/own-tables.ts'
import { Deadline } from '../../../packages/fulcrum/src/kernel/deadline.ts'
import { random } from '../../support/parts.ts'
import { waitFor } from '../../support/wait-for.ts'
import { CuttingProxy } from './cutting-proxy.ts'
import { call, clock, failureOf, Observer, TestStore } from './harness.ts'

let cluster: TestCluster
let primary: Observer
let standby: Observer
let proxy: CuttingProxy
let store: TestStore

const ON_STANDBYS = { positions: false, standbys: true }
const CHANGE = 'UPDATE effect SET n = n + 1 RETURNING n'
const WAITING = "SELECT pid FROM pg_stat_activity WHERE wait_event = 'SyncRep'"

beforeAll(async () => {
  cluster = await startTestCluster({ replicas: 1 }, { clock, random })
  primary = await Observer.connect(cluster.primaryUrl)
  standby = await Observer.connect(cluster.replicaUrls[0] ?? '')
  await primary.rows('CREATE TABLE effect (n int NOT NULL)')
  await primary.rows('INSERT INTO effect VALUES (0)')
  await using migrating = await TestStore.open({ url: cluster.primaryUrl })
  await migrating.migrations.apply([OWN_TABLES], Deadline.after(clock, 10_000))
})

afterAll(async () => {
  await store[Symbol.asyncDispose]()
  await proxy[Symbol.asyncDispose]()
  for (const observer of [primary, standby]) await observer[Symbol.asyncDispose]()
  await cluster.stop()
})

async function start(url: string): Promise<TestStore> {
  const opened = await TestStore.open({ url })
  try {
    await opened.store.start(Deadline.after(clock, 20_000), ON_STANDBYS)
    return opened
  } catch (error) {
    await opened[Symbol.asyncDispose]()
    throw error
  }
}

test('a server without names of standbys is refused', async () => {
  expect(await failureOf(start(cluster.primaryUrl))).toMatchObject({ code: 'FUL-4043' })
  await setNames("'replica_1'")
  const synchronous = "SELECT FROM pg_stat_replication WHERE sync_state = 'sync'"
  await waitFor(async () => (await primary.rows(synchronous)).length === 1)
  proxy = await CuttingProxy.before(cluster.primaryUrl)
  // A server that keeps its warnings to itself does not hide that a wait was cut short.
  store = await start(`${proxy.url}?options=-c%20client_min_messages%3Derror`)
})

async function setNames(names: string): Promise<void> {
  await primary.rows(`ALTER SYSTEM SET synchronous_standby_names = ${names}`)
  await primary.rows('SELECT pg_reload_conf()')
}

function change(budget = 20_000): Promise<number> {
  const changed = store.transaction((tx) => tx.run<{ n: number }>(CHANGE, []), {
    durability: 'replicated',
    facts: call({ budget }),
  })
  return changed.then(({ value }) => value.rows[0]?.n ?? 0)
}

async function shownBy(observer: Observer): Promise<unknown> {
  return (await observer.rows('SELECT n FROM effect'))[0]?.['n']
}

test('COMMIT returns when the standby shows the change', async () => {
  for (let round = 0; round < 30; round++) {
    const n = await change()
    expect(await shownBy(standby)).toBe(n)
  }
})

describe('while the standby stands still', () => {
  beforeEach(async () => {
    await standby.rows('SELECT pg_wal_replay_pause()')
    const state = 'SELECT pg_get_wal_replay_pause_state() AS state'
    await waitFor(async () => (await standby.rows(state))[0]?.['state'] === 'paused')
    return async () => void (await standby.rows('SELECT pg_wal_replay_resume()'))
  })

  /** What has become of a change, and that the store goes on. */
  async function outcomeOf(failure: unknown): Promise<unknown> {
    const made = Number(await shownBy(primary)) - Number(await shownBy(standby))
    const waits = await primary.rows(WAITING)
    await standby.rows('SELECT pg_wal_replay_resume()')
    const next = (await change()) - Number(await shownBy(primary))
    return { failure, made, waits, next }
  }

  /** Made once, here and not there. */
  function madeHere(reason: string): unknown {
    const message = `FUL-3016 test.call: The change was committed on the primary, but no synchronous standby has confirmed it: ${reason}.`
    const failure = expect.objectContaining({ code: 'FUL-3016', message }) as unknown
    return { failure, made: 1, waits: [], next: 0 }
  }

  async function waiting(): Promise<unknown> {
    const row = await waitFor(async () => (await primary.rows<{ pid: number }>(WAITING))[0])
    return row.pid
  }

  test('the wait ends with the deadline', async () => {
    const failure = await failureOf(change(500))
    expect(await outcomeOf(failure)).toEqual(madeHere('the deadline passed while it was waited for'))
  })

  test('a wait that is cancelled on the server is told', async () => {
    const failure = failureOf(change())
    await primary.rows('SELECT pg_cancel_backend($1)', [await waiting()])
    expect(await outcomeOf(await failure)).toEqual(madeHere('the wait for it was cancelled on the server'))
  })

  test('a session that is ended on the server is told', async () => {
    const failure = failureOf(change())
    await primary.rows('SELECT pg_terminate_backend($1)', [await waiting()])
    expect(await outcomeOf(await failure)).toEqual(
      madeHere('the connection was lost while it was waited for'),
    )
  })

  test('a connection that is cut is told, and the wait of its session ends', async () => {
    const failure = failureOf(change())
    await waiting()
    proxy.shut()
    proxy.isOpen = true
    expect(await outcomeOf(await failure)).toEqual(
      madeHere('the connection was lost while it was waited for'),
    )
  })

  test('an answer that is kept is not given again before it is replicated', async () => {
    const log = new PostgresIdempotencyLog()
    const id = 'a'.repeat(32)
    const answer = { id, operation: 'a.b', fingerprint: id, answer: Buffer.from('yes'), ttl: 60_000 }
    await store.transaction((tx) => log.keepFirst(tx, answer))
    const find = (budget: number): Promise<unknown> =>
      store.transaction((tx) => log.find(tx, id), { durability: 'replicated', facts: call({ budget }) })
    expect(await failureOf(find(500))).toMatchObject({ code: 'FUL-3016' })
    await standby.rows('SELECT pg_wal_replay_resume()')
    expect(await find(20_000)).toMatchObject({ value: { fingerprint: id } })
  })

  test('a change that is to be durable on the primary only does not wait', async () => {
    const before = await shownBy(standby)
    const changed = await store.transaction((tx) => tx.run<{ n: number }>(CHANGE, []))
    expect(changed.value.rows[0]?.n).toBe(Number(before) + 1)
  })
})

test('a server that has no names any more is told', async () => {
  await setNames("''")
  const failure = await waitFor(async () =>
    change().then(
      () => undefined,
      (error: unknown) => error,
    ),
  )
  expect(failure).toMatchObject({ code: 'FUL-3016' })
  expect((failure as Error).message).toContain('the server has none any more')
})
