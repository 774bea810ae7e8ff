import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  startTestCluster,
  type TestCluster,
} from '../../../packages/fulcrum/src/adapters/embedded-postgres/test-cluster.ts'
import { type Carried, carryOver } from '../../../packages/fulcrum/src/consistency/carry-over.ts'
import { NEW_TOKEN, type Token } from '../../../packages/fulcrum/src/consistency/token.ts'
import { Deadline } from '../../../packages/fulcrum/src/kernel/deadline.ts'
import type { StorePosition } from '../../../packages/fulcrum/src/ports/store.ts'
import { random } from '../../support/parts.ts'
import { waitFor } from '../../support/wait-for.ts'
import { call, clock, DEDICATED, failureOf, Observer, PIPELINED, TestStore } from './harness.ts'
import { NameProxy } from './name-proxy.ts'

let cluster: TestCluster
let name: NameProxy
/** Connected before the promotion, through a name that will lead to the new primary. */
let store: TestStore
/** The same, through a name that goes on leading to the old one. */
let stale: TestStore
let kept: StorePosition
let lost: StorePosition

const WRITE = 'INSERT INTO entry DEFAULT VALUES'
const PORT = 'SELECT inet_server_port() AS port'

/** A promotion that the old primary survives, and of whose last write it knows nothing. */
beforeAll(async () => {
  cluster = await startTestCluster({ replicas: 1 }, { clock, random })
  name = await NameProxy.to(cluster.primaryUrl)
  await using primary = await Observer.connect(cluster.primaryUrl)
  await using replica = await Observer.connect(cluster.replicaUrls[0] ?? '')
  await primary.rows('CREATE TABLE entry (id int GENERATED ALWAYS AS IDENTITY)')
  await primary.rows("CREATE ROLE plain LOGIN PASSWORD 'plain'")
  await primary.rows("CREATE ROLE replicating LOGIN REPLICATION PASSWORD 'plain'")
  store = await TestStore.start({ url: name.url })
  stale = await TestStore.start({ url: cluster.primaryUrl })
  kept = await write()
  await waitFor(async () => {
    const [row] = await replica.rows("SELECT pg_last_wal_replay_lsn() - '0/0' AS lsn")
    return Number(row?.['lsn']) >= kept.lsn
  })
  await replica.rows("ALTER SYSTEM SET primary_conninfo = ''")
  await replica.rows('SELECT pg_reload_conf()')
  await waitFor(async () => (await replica.rows('SELECT FROM pg_stat_wal_receiver')).length === 0)
  lost = await write()
  await replica.rows('SELECT pg_promote()')
  name.point(cluster.replicaUrls[0] ?? '')
})

afterAll(async () => {
  for (const each of [store, stale]) await each[Symbol.asyncDispose]()
  await name[Symbol.asyncDispose]()
  await cluster.stop()
})

async function write(): Promise<StorePosition> {
  const { position } = await store.transaction((tx) => tx.run(WRITE, []))
  if (position === undefined) throw new Error('nothing was changed')
  return position
}

function carried({ store: { freshness } }: TestStore, { epoch, lsn }: StorePosition): Carried {
  const token: Token = { ...NEW_TOKEN, epoch, w: lsn }
  const now = freshness.epoch ?? ''
  return carryOver(token, { epoch: now, forkOf: (timeline) => freshness.forkOf(timeline) })
}

async function portOf(from: TestStore, terms = PIPELINED): Promise<unknown> {
  return (await from.read(PORT, [], { terms }))[0]?.['port']
}

function urlFor(role: string): string {
  return Object.assign(new URL(name.url), { username: role, password: 'plain' }).href
}

describe('after a promotion', () => {
  test.each([
    ['of a superuser, from the file', () => name.url],
    ['of a role that may replicate, as a replica does', () => urlFor('replicating')],
  ])('a session of which all came along goes on, and another one is told: history %s', async (_how, url) => {
    await using fresh = await TestStore.start({ url: url() })
    expect(fresh.store.freshness.epoch).toMatch(/\/2$/)
    expect(carried(fresh, kept)).toMatchObject({ outcome: 'carried', token: { w: kept.lsn } })
    const fork = fresh.store.freshness.forkOf(1)
    expect(carried(fresh, lost)).toMatchObject({ outcome: 'reset', token: { w: fork } })
    expect(fork).toBeGreaterThanOrEqual(kept.lsn)
    expect(fork).toBeLessThan(lost.lsn)
    expect(fresh.log).toEqual([])
  })

  test('all sessions are told where the role may not know what came along, and the log says so once', async () => {
    await using fresh = await TestStore.start({ url: urlFor('plain') })
    expect(carried(fresh, kept)).toMatchObject({ outcome: 'reset' })
    await Promise.all(Array.from({ length: 4 }, () => portOf(fresh, DEDICATED)))
    expect(fresh.log).toEqual([expect.stringContaining('does not say where timeline 2 began')])
  })
})

describe('an instance that hears of the new primary', () => {
  const newer = (): string => kept.epoch.replace(/1$/, '2')
  const hear = (instance: TestStore): Promise<void> =>
    instance.store.freshness.refresh(Deadline.after(clock, 10_000), newer())

  test('looks for it behind the name at once, and leaves the old one, which still answers', async () => {
    expect(store.store.freshness.epoch).toBe(kept.epoch)
    expect(await portOf(store)).toBe(cluster.primary.port)
    await hear(store)
    expect(store.store.freshness.epoch).toBe(newer())
    expect(carried(store, kept).outcome).toBe('carried')
    for (const terms of [PIPELINED, DEDICATED])
      for (let round = 0; round < 4; round++)
        expect(await portOf(store, terms)).toBe(cluster.replicas[0]?.port)
    expect((await write()).epoch).toBe(newer())
  })

  test('serves nothing from the old one where it cannot find it', async () => {
    expect(await portOf(stale)).toBe(cluster.primary.port)
    const held = stale.store.read(DEDICATED, call())
    await held.run(PORT, [])
    await hear(stale)
    expect(stale.store.freshness.epoch).toBe(kept.epoch)
    expect(await failureOf(held.run(PORT, []))).toMatchObject({ status: 503 })
    held.release()
    for (const terms of [PIPELINED, DEDICATED])
      expect(await failureOf(portOf(stale, terms))).toMatchObject({ code: 'FUL-4001', status: 503 })
    expect(await failureOf(stale.transaction((tx) => tx.run(WRITE, [])))).toMatchObject({ code: 'FUL-4001' })
    expect(stale.store.freshness.isPrimaryHealthy).toBe(false)
    expect(stale.store.freshness.asOf({ source: 'primary', lo: Number.MAX_SAFE_INTEGER })).toBe(-Infinity)
  })
})
