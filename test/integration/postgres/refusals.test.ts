import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  startTestCluster,
  type TestCluster,
} from '../../../packages/fulcrum/src/adapters/embedded-postgres/test-cluster.ts'
import { Deadline } from '../../../packages/fulcrum/src/kernel/deadline.ts'
import { random } from '../../support/parts.ts'
import { waitFor } from '../../support/wait-for.ts'
import { call, clock, DEDICATED, failureOf, Observer, TestStore } from './harness.ts'
import { PgBouncer } from './pgbouncer.ts'

type Options = Parameters<typeof TestStore.start>[0]

let cluster: TestCluster
let observer: Observer

beforeAll(async () => {
  cluster = await startTestCluster({ replicas: 1 }, { clock, random })
  observer = await Observer.connect(cluster.primaryUrl)
})

afterAll(async () => {
  await observer[Symbol.asyncDispose]()
  await cluster.stop()
})

/** Why a store does not start where positions are relied on. */
function refusal(options: Options): Promise<unknown> {
  return failureOf(started(options).then((store) => store[Symbol.asyncDispose]()))
}

async function started(options: Options): Promise<TestStore> {
  const opened = await TestStore.open(options)
  try {
    await opened.store.start(Deadline.after(clock, 20_000), { positions: true, standbys: false })
    return opened
  } catch (error) {
    await opened[Symbol.asyncDispose]()
    throw error
  }
}

describe('a server that acknowledges before it is safe', () => {
  test.each([
    ['by itself', 'ALTER SYSTEM SET synchronous_commit = off', 'ALTER SYSTEM RESET synchronous_commit'],
    [
      'for the database',
      set('DATABASE', 'SET synchronous_commit = off'),
      set('DATABASE', 'RESET synchronous_commit'),
    ],
    ['for the role', set('ROLE', 'SET synchronous_commit = off'), set('ROLE', 'RESET synchronous_commit')],
  ])('%s is refused where positions are relied on', async (_how, on, off) => {
    await observer.rows(on)
    try {
      await reloaded('off')
      expect(await refusal({ url: cluster.primaryUrl })).toMatchObject({
        code: 'FUL-4040',
        message: `FUL-4040 primary (127.0.0.1:${cluster.primary.port}) has \`synchronous_commit = off\` for this connection. Allowed: any other value.`,
      })
      await using _other = await TestStore.start({ url: cluster.primaryUrl })
    } finally {
      await observer.rows(off)
      await reloaded('on')
    }
    await using _store = await started({ url: cluster.primaryUrl })
  })

  test('for the connection is refused', async () => {
    const url = `${cluster.primaryUrl}?options=-c%20synchronous_commit%3Doff`
    expect(await refusal({ url })).toMatchObject({ code: 'FUL-4040' })
  })

  test('since a while is refused by each new connection', async () => {
    await using store = await started({ url: cluster.primaryUrl, pipelined: 0, max: 8 })
    const hold = (): Promise<unknown> => store.read('SELECT pg_sleep(0.5)', [], { terms: DEDICATED })
    await hold()
    await observer.rows(set('DATABASE', 'SET synchronous_commit = off'))
    try {
      const held = await Promise.allSettled(Array.from({ length: 8 }, hold))
      const refused = held.flatMap((each) => (each.status === 'rejected' ? [each.reason as unknown] : []))
      expect(refused.length).toBeGreaterThan(0)
      for (const reason of refused) expect(reason).toMatchObject({ code: 'FUL-4040' })
    } finally {
      await observer.rows(set('DATABASE', 'RESET synchronous_commit'))
    }
  })

  function set(what: 'DATABASE' | 'ROLE', change: string): string {
    return `DO $$ BEGIN EXECUTE format('ALTER ${what} %I ${change}', ${what === 'ROLE' ? 'current_user' : 'current_database()'}); END $$`
  }

  /** Until new connections have it. */
  async function reloaded(value: string): Promise<void> {
    await observer.rows('SELECT pg_reload_conf()')
    await waitFor(async () => {
      await using fresh = await Observer.connect(cluster.primaryUrl)
      return (await fresh.rows('SHOW synchronous_commit'))[0]?.['synchronous_commit'] === value
    })
  }
})

describe('a server of Aurora', () => {
  beforeAll(async () => {
    await observer.rows("CREATE FUNCTION aurora_version() RETURNS text LANGUAGE sql AS $$ SELECT '16.1' $$")
    await using replica = await Observer.connect(cluster.replicaUrls[0] ?? '')
    await waitFor(() =>
      replica.rows('SELECT aurora_version()').then(
        (rows) => rows.length,
        () => 0,
      ),
    )
  })

  afterAll(() => observer.rows('DROP FUNCTION aurora_version()'))

  test('is refused where positions are relied on', async () => {
    expect(await refusal({ url: cluster.primaryUrl })).toMatchObject({ code: 'FUL-4041' })
  })

  test('does not serve as a replica, and says why', async () => {
    await using store = await TestStore.start({ url: cluster.primaryUrl, replicas: cluster.replicaUrls })
    expect(store.node('replica 1').problem).toMatch(/^FUL-4041 replica 1/)
    expect(await store.sourceOfReplicaRead()).toBe('primary')
  })
})

describe('a proxy', () => {
  test.each([
    ['gives the session that was used last', {}],
    ['gives one session after the other', { server_round_robin: 1 }],
    ['has one session only', { default_pool_size: 1 }],
  ])('that pools transactions and %s is refused', async (_how, settings) => {
    await using bouncer = await PgBouncer.before(cluster.primaryUrl, {
      pool_mode: 'transaction',
      ...settings,
    })
    const failure = await failureOf(
      TestStore.start({ url: bouncer.url }).then((store) => store[Symbol.asyncDispose]()),
    )
    expect(failure).toMatchObject({ code: 'FUL-4042' })
    expect((failure as Error).message).toContain(
      'gives the transactions of one connection to different sessions',
    )
  })

  test('that pools sessions is not', async () => {
    await using bouncer = await PgBouncer.before(cluster.primaryUrl, { pool_mode: 'session' })
    await using store = await started({ url: bouncer.url })
    const { position } = await store.transaction((tx) => tx.run('SELECT pg_current_xact_id()', []))
    const { rows, label } = await store.labelled<{ n: number }>('SELECT 1 AS n', {
      facts: call(),
      terms: { ...DEDICATED, bracket: 'both' },
    })
    expect(rows).toEqual([{ n: 1 }])
    expect(label?.epoch).toBe(position?.epoch)
  })
})
