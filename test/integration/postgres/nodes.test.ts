import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  startTestCluster,
  type TestCluster,
} from '../../../packages/fulcrum/src/adapters/embedded-postgres/test-cluster.ts'
import { Deadline } from '../../../packages/fulcrum/src/kernel/deadline.ts'
import type { NodeStatus } from '../../../packages/fulcrum/src/ports/store.ts'
import { random } from '../../support/parts.ts'
import { waitFor } from '../../support/wait-for.ts'
import { call, clock, DEDICATED, failureOf, Observer, PIPELINED, TestStore } from './harness.ts'

let cluster: TestCluster
let store: TestStore

beforeAll(async () => {
  cluster = await startTestCluster({ replicas: 2 }, { clock, random })
})

afterAll(async () => {
  await cluster.stop()
})

const eventual = { ...PIPELINED, target: 'replica' } as const

/** What the store says of a node, while it is in use. */
async function when(name: string, holds: (status: NodeStatus) => boolean): Promise<NodeStatus> {
  return waitFor(
    async () => {
      // Nodes that nobody uses are not asked.
      await store.sourceOfReplicaRead(call({ budget: 200 })).catch(() => {})
      const status = store.node(name)
      return holds(status) ? status : undefined
    },
    { deadline: 20_000, what: `${name} is as expected` },
  )
}

describe('replicas', () => {
  beforeAll(async () => {
    store = await TestStore.start({ url: cluster.primaryUrl, replicas: cluster.replicaUrls })
  })

  afterAll(() => store[Symbol.asyncDispose]())

  test('all serve', async () => {
    const ports = new Set<unknown>()
    for (let round = 0; round < 6; round++) {
      const [row] = await store.read('SELECT inet_server_port() AS port', [], { terms: eventual })
      ports.add(row?.['port'])
    }
    expect(ports).toEqual(new Set(cluster.replicas.map(({ port }) => port)))
  })

  test('tell how far they are, while they are in use', async () => {
    const { position } = await store.transaction((tx) => tx.run('CREATE TABLE position (id int)', []))
    const lsn = position?.lsn ?? Infinity
    const status = await when('replica 1', (node) => node.position !== undefined && node.position.lsn >= lsn)
    const primary = store.node()
    expect(status.position?.epoch).toBe(primary.position?.epoch)
    expect(status.position?.epoch).toMatch(/^\d+\/1$/)
    expect(status.polledAt).toBeLessThanOrEqual(clock.now())
  })

  test('are not asked while nobody uses them', async () => {
    await when('replica 1', ({ healthy }) => healthy)
    const last = await waitFor(
      () => {
        const { polledAt } = store.node('replica 1')
        return polledAt !== undefined && clock.now() - polledAt > 500 ? polledAt : undefined
      },
      { deadline: 10_000, what: 'polling has stopped' },
    )
    await store.sourceOfReplicaRead()
    await waitFor(() => (store.node('replica 1').polledAt ?? 0) > last)
  })

  test('that are lost leave their reads to others, and to the primary when there are none, and return', async () => {
    const [first, second] = cluster.replicas
    await first?.stop()
    await when('replica 1', ({ healthy }) => !healthy)
    expect(await store.sourceOfReplicaRead()).toBe('replica')
    await second?.stop()
    await when('replica 2', ({ healthy }) => !healthy)
    expect(await store.sourceOfReplicaRead()).toBe('primary')
    expect(store.node('replica 2').problem).toMatch(/\w/)
    await Promise.all([first?.start(), second?.start()])
    await when('replica 1', ({ healthy }) => healthy)
    await when('replica 2', ({ healthy }) => healthy)
    expect(await store.sourceOfReplicaRead()).toBe('replica')
    expect(store.log).toContain(`PostgreSQL replica 1 (127.0.0.1:${first?.port}) is healthy`)
  })

  test('that are found dead by a read leave it to the primary', async () => {
    await using other = await TestStore.start({
      url: cluster.primaryUrl,
      replicas: cluster.replicaUrls.slice(0, 1),
      pipelined: 0,
    })
    expect(other.node('replica 1').healthy).toBe(true)
    // All its connections are gone, and the store has not looked yet.
    await cluster.replicas[0]?.kill()
    const session = other.store.read({ ...DEDICATED, target: 'replica' }, call())
    await session.run('SELECT 1', []).catch(() => {})
    session.release()
    expect(await other.sourceOfReplicaRead()).toBe('primary')
    await cluster.replicas[0]?.start()
    await when('replica 1', ({ healthy }) => healthy)
  })

  test.each(['pipelined', 'dedicated'] as const)(
    'that replay what a read is in the way of repeat the read: %s',
    { timeout: 60_000 },
    async (lane) => {
      await using primary = await Observer.connect(cluster.primaryUrl)
      await using replica = await Observer.connect(cluster.replicaUrls[0] ?? '')
      await replica.rows("ALTER SYSTEM SET max_standby_streaming_delay = '10ms'")
      await replica.rows('SELECT pg_reload_conf()')
      await using other = await TestStore.start({
        url: cluster.primaryUrl,
        replicas: cluster.replicaUrls.slice(0, 1),
      })
      try {
        await primary.rows(`CREATE TABLE vanishing_${lane} AS SELECT n FROM generate_series(1, 1000) n`)
        const text = `SELECT count(*)::int AS n, (SELECT pg_sleep(0.7)) FROM vanishing_${lane}`
        await waitFor(() => replica.rows(`SELECT FROM vanishing_${lane} LIMIT 1`).then((rows) => rows.length))
        const reading = other.read(text, [], {
          terms: { ...eventual, lane },
          facts: call({ operation: lane }),
        })
        await waitFor(async () => (await replica.active('%pg_sleep(0.7)%')).length > 0)
        await primary.rows(`DELETE FROM vanishing_${lane}`)
        await primary.rows(`VACUUM vanishing_${lane}`)
        expect(await reading).toMatchObject([{ n: 0 }])
      } finally {
        await replica.rows('ALTER SYSTEM RESET max_standby_streaming_delay')
        await replica.rows('SELECT pg_reload_conf()')
      }
    },
  )

  test('that no longer follow their primary do not serve', async () => {
    await using replica = await Observer.connect(cluster.replicaUrls[0] ?? '')
    await replica.rows("ALTER SYSTEM SET primary_conninfo = ''")
    await replica.rows('SELECT pg_reload_conf()')
    const { problem } = await when('replica 1', ({ healthy }) => !healthy)
    expect(problem).toBe('it does not stream from its primary (disconnected)')
    await replica.rows('ALTER SYSTEM RESET primary_conninfo')
    await replica.rows('SELECT pg_reload_conf()')
    await when('replica 1', ({ healthy }) => healthy)
  })

  test('that do not answer are left alone until they do', { timeout: 60_000 }, async () => {
    const [first] = cluster.replicas
    first?.pause()
    try {
      const { problem } = await when('replica 1', ({ healthy }) => !healthy)
      expect(problem).toBe('it did not answer within 2000 ms')
    } finally {
      first?.resume()
    }
    await when('replica 1', ({ healthy }) => healthy)
  })
})

describe('a primary', () => {
  beforeAll(async () => {
    store = await TestStore.start({ url: cluster.primaryUrl, replicas: cluster.replicaUrls })
  })

  afterAll(() => store[Symbol.asyncDispose]())

  test('that restarts ends what is in flight, and serves again', { timeout: 60_000 }, async () => {
    const read = failureOf(store.read("SELECT pg_sleep(30), 'read'", [], { terms: DEDICATED }))
    const write = failureOf(store.transaction((tx) => tx.run("SELECT pg_sleep(30), 'write'", [])))
    await waitFor(() => store.node().connections.open - store.node().connections.idle === 2)
    await cluster.primary.restart()
    expect(await read).toMatchObject({ code: 'FUL-3005', operation: 'test.call' })
    expect(await write).toMatchObject({ code: 'FUL-3005', operation: 'test.call' })
    await waitFor(async () => (await store.read('SELECT 1 AS x'))[0]?.['x'] === 1)
    await waitFor(() => store.node().healthy)
    await store.transaction((tx) => tx.run('SELECT 1', []))
    expect(store.log.some((line) => line.includes('is not healthy'))).toBe(true)
  })

  test('that is away is reported as such, at once', async () => {
    await cluster.primary.stop()
    try {
      await waitFor(() => !store.node().healthy)
      const started = clock.now()
      for (const work of [store.read('SELECT 1'), store.read('SELECT 1', [], { terms: DEDICATED })])
        expect(await failureOf(work)).toMatchObject({ code: 'FUL-3002', operation: 'test.call' })
      await expect(store.transaction((tx) => tx.run('SELECT 1', []))).rejects.toMatchObject({
        code: 'FUL-3002',
        message: expect.stringContaining(
          `PostgreSQL primary (127.0.0.1:${cluster.primary.port}) is unavailable`,
        ) as string,
      })
      expect(clock.now() - started).toBeLessThan(5_000)
    } finally {
      await cluster.primary.start()
    }
    await waitFor(() => store.node().healthy)
    expect(await store.read('SELECT 1 AS x')).toEqual([{ x: 1 }])
  })
})

describe('URLs', () => {
  const start = (options: Parameters<typeof TestStore.start>[0]): Promise<unknown> =>
    failureOf(TestStore.start(options).then((started) => started[Symbol.asyncDispose]()))

  test('of the primary may not lead to a replica', async () => {
    expect(await start({ url: cluster.replicaUrls[0] ?? '' })).toMatchObject({
      code: 'FUL-4002',
      message: expect.stringContaining(
        'is a replica (it is in recovery), but is configured as the primary',
      ) as string,
    })
  })

  test('of a replica that lead to a primary are reported, and do not serve', async () => {
    await using mixed = await TestStore.start({
      url: cluster.primaryUrl,
      replicas: [`${cluster.primaryUrl}?x=1`],
    })
    expect(mixed.node('replica 1')).toMatchObject({ healthy: false, role: 'replica' })
    expect(mixed.node('replica 1').problem).toMatch(
      /FUL-4002 .* is a primary, but is configured as the replica/,
    )
    expect(await mixed.sourceOfReplicaRead()).toBe('primary')
  })

  test('of a replica of another cluster do not serve', { timeout: 60_000 }, async () => {
    await using stranger = await startTestCluster({ replicas: 1 }, { clock, random })
    const url = new URL(stranger.replicaUrls[0] ?? '')
    await using mixed = await TestStore.start({ url: cluster.primaryUrl, replicas: [url.href] })
    expect(mixed.node('replica 1').problem).toMatch(
      /FUL-4001 replica 1 .* is a server of the cluster \d+; expected/,
    )
    expect(await mixed.sourceOfReplicaRead()).toBe('primary')
  })

  test.each([
    ['of a server that refuses the user', { password: 'wrong' }, '28P01'],
    ['of a server without the database', { pathname: '/nowhere' }, '3D000'],
  ])('%s are refused at once, without the password', async (_what, change, code) => {
    const url = Object.assign(new URL(cluster.primaryUrl), change)
    const failure = await start({ url: url.href })
    expect(failure).toMatchObject({ code: 'FUL-3002', cause: { code } })
    expect((failure as Error).message).not.toContain(url.password)
  })

  test('of nobody are waited for until the deadline', async () => {
    const opened = await TestStore.open({ url: 'postgres://nobody@127.0.0.1:1/nowhere' })
    const started = clock.now()
    const failure = await failureOf(opened.store.start(Deadline.after(clock, 400)))
    expect(failure).toMatchObject({ code: 'FUL-3002', cause: { code: 'ECONNREFUSED' } })
    expect(clock.now() - started).toBeGreaterThan(50)
    expect(opened.log).toEqual([
      'PostgreSQL primary (127.0.0.1:1) is not healthy: connect ECONNREFUSED 127.0.0.1:1',
    ])
    await opened[Symbol.asyncDispose]()
  })

  test('of replicas may come later, and count once', async () => {
    let attach: ((url: string) => void) | undefined
    const replicas = (given: (url: string) => void): void => void (attach = given)
    await using growing = await TestStore.start({ url: cluster.primaryUrl, replicas })
    expect(growing.store.capabilities.replicas).toBe(true)
    expect(await growing.sourceOfReplicaRead()).toBe('primary')
    for (let round = 0; round < 2; round++) attach?.(cluster.replicaUrls[0] ?? '')
    await waitFor(async () => (await growing.sourceOfReplicaRead()) === 'replica')
    expect(growing.store.nodes().map(({ name }) => name)).toEqual(['primary', 'replica 1'])
    expect(() => attach?.('elsewhere')).toThrow(/FUL-1002/)
  })

  test('may name a user who may see little', async () => {
    await using observer = await Observer.connect(cluster.primaryUrl)
    await observer.rows("CREATE ROLE plain LOGIN PASSWORD 'plain'")
    const [primary, replica] = [cluster.primaryUrl, cluster.replicaUrls[0] ?? ''].map(
      (url) => Object.assign(new URL(url), { username: 'plain', password: 'plain' }).href,
    )
    await waitFor(async () => {
      await using plain = await Observer.connect(replica ?? '')
      return (await plain.rows('SELECT 1')).length
    })
    await using modest = await TestStore.start({ url: primary ?? '', replicas: [replica ?? ''] })
    expect(modest.store.nodes().map(({ problem }) => problem)).toEqual([undefined, undefined])
    expect(await modest.sourceOfReplicaRead()).toBe('replica')
    const text = 'SELECT pg_sleep(30)'
    await expect(modest.read(text, [], { facts: call({ budget: 50 }) })).rejects.toMatchObject({
      code: 'FUL-3001',
    })
  })
})

describe('a replica that is promoted', () => {
  test('does not serve as a replica any more', { timeout: 60_000 }, async () => {
    await using own = await startTestCluster({ replicas: 1 }, { clock, random })
    store = await TestStore.start({ url: own.primaryUrl, replicas: own.replicaUrls })
    try {
      await using replica = await Observer.connect(own.replicaUrls[0] ?? '')
      await replica.rows('SELECT pg_promote()')
      await when('replica 1', ({ healthy }) => !healthy)
      expect(await store.sourceOfReplicaRead()).toBe('primary')
      const { problem } = await when('replica 1', (status) => status.problem?.startsWith('FUL-4002') === true)
      expect(problem).toContain('is a primary, but is configured as the replica')
    } finally {
      await store[Symbol.asyncDispose]()
    }
  })
})
