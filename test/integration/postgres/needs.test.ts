import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  startTestCluster,
  type TestCluster,
} from '../../../packages/fulcrum/src/adapters/embedded-postgres/test-cluster.ts'
import { isFulcrumError } from '../../../packages/fulcrum/src/kernel/errors/fulcrum-error.ts'
import type { ReadNeed, ReadTerms, StorePosition } from '../../../packages/fulcrum/src/ports/store.ts'
import { random } from '../../support/parts.ts'
import { waitFor } from '../../support/wait-for.ts'
import {
  call,
  clock,
  DEDICATED,
  failureOf,
  type Labelled,
  type LabelledOptions,
  Observer,
  PIPELINED,
  TestStore,
} from './harness.ts'
import { HeldCommits } from './held-commits.ts'
import { OpenTransaction } from './open-transaction.ts'
import { NameProxy } from './name-proxy.ts'

let cluster: TestCluster
let store: TestStore
let primary: Observer
let replicas: readonly [Observer, Observer]

beforeAll(async () => {
  cluster = await startTestCluster({ replicas: 2 }, { clock, random })
  primary = await Observer.connect(cluster.primaryUrl)
  await primary.rows('CREATE TABLE effect (id int PRIMARY KEY, n int NOT NULL)')
  await primary.rows('INSERT INTO effect VALUES (1, 0)')
  const [one = '', other = ''] = cluster.replicaUrls
  replicas = [await Observer.connect(one), await Observer.connect(other)]
  await Promise.all(replicas.map((replica) => waitFor(() => replica.rows('SELECT FROM effect'))))
  store = await TestStore.start({ url: cluster.primaryUrl, replicas: cluster.replicaUrls })
})

afterAll(async () => {
  await store[Symbol.asyncDispose]()
  for (const observer of [primary, ...replicas]) await observer[Symbol.asyncDispose]()
  await cluster.stop()
})

const LOOK = 'SELECT n FROM effect WHERE id = 1'
const CHANGE = 'UPDATE effect SET n = n + 1 WHERE id = 1 RETURNING n'
const far: ReadTerms = { ...PIPELINED, target: 'replica' }
const NO_NEED: ReadNeed = { lsn: 0, rx: 0, epoch: undefined, maxAge: Infinity, maxAgeInPartition: Infinity }

async function change(): Promise<{ n: number; need: ReadNeed }> {
  const { value, position } = await store.transaction((tx) => tx.run<{ n: number }>(CHANGE, []))
  return { n: value.rows[0]?.n ?? 0, need: needOf(position) }
}

function needOf(position: StorePosition | undefined): ReadNeed {
  if (position === undefined) throw new Error('nothing was changed')
  return { ...NO_NEED, ...position }
}

function look(options: LabelledOptions): Promise<Labelled<{ n: number }>> {
  return store.labelled<{ n: number }>(LOOK, { terms: far, ...options })
}

/** While its replay is paused a replica shows what it had. */
async function paused(observer: Observer): Promise<AsyncDisposable> {
  await observer.rows('SELECT pg_wal_replay_pause()')
  const state = 'SELECT pg_get_wal_replay_pause_state() AS state'
  await waitFor(async () => (await observer.rows(state))[0]?.['state'] === 'paused')
  return { [Symbol.asyncDispose]: async () => void (await observer.rows('SELECT pg_wal_replay_resume()')) }
}

async function healthy(): Promise<void> {
  await waitFor(
    async () => {
      await store.sourceOfReplicaRead(call({ budget: 500 })).catch(() => {})
      return store.store.nodes().every((node) => node.healthy)
    },
    { deadline: 20_000, what: 'all nodes are healthy' },
  )
}

describe.each([
  ['pipelined', far],
  ['dedicated', { ...far, lane: 'dedicated' }],
  ['pipelined, between bounds', { ...far, bracket: 'both' }],
  ['in one snapshot', { ...far, bracket: 'both', sees: 'snapshot' }],
] as const)('a read that has to see a write: %s', (_how, terms) => {
  beforeEach(healthy)

  test('sees it, on whichever node', async () => {
    for (let round = 0; round < 50; round++) {
      const { n, need } = await change()
      const { rows, label } = await look({ need, terms })
      expect(rows[0]?.n).toBe(n)
      expect(label?.epoch).toBe(need.epoch)
    }
  })

  test('is served by a replica as soon as that has it', async () => {
    const { n, need } = await change()
    const { rows } = await waitFor(async () => {
      const read = await look({ need, terms })
      return read.source === 'replica' ? read : undefined
    })
    expect(rows[0]?.n).toBe(n)
  })

  test('is not served by replicas that stand still', async () => {
    await using _one = await paused(replicas[0])
    await using _other = await paused(replicas[1])
    const { n, need } = await change()
    for (let round = 0; round < 5; round++) {
      const { rows, source } = await look({ need, terms })
      expect([rows[0]?.n, source]).toEqual([n, 'primary'])
    }
    expect((await look({ terms: far })).source).toBe('replica')
  })

  test('is served by the replica that has it', async () => {
    await using _one = await paused(replicas[0])
    const { n, need } = await change()
    const text = 'SELECT n, inet_server_port() AS port FROM effect WHERE id = 1'
    const { rows } = await waitFor(async () => {
      const read = await store.labelled(text, { need, terms })
      return read.source === 'replica' ? read : undefined
    })
    expect(rows).toEqual([{ n, port: cluster.replicas[1]?.port }])
  })
})

describe('a read that may not be older than that', () => {
  beforeEach(healthy)

  test('is not served by a replica that applies late', { timeout: 60_000 }, async () => {
    for (const replica of replicas) {
      await replica.rows("ALTER SYSTEM SET recovery_min_apply_delay = '2s'")
      await replica.rows('SELECT pg_reload_conf()')
    }
    try {
      await waitFor(async () => {
        const { n } = await change()
        return (await look({})).rows[0]?.n !== n
      })
      const { n } = await change()
      const changedAt = clock.now()
      await waitFor(() => clock.now() - changedAt > 600)
      const started = clock.now()
      const fresh = await look({ need: { ...NO_NEED, maxAge: 500 } })
      expect([fresh.rows[0]?.n, fresh.source]).toEqual([n, 'primary'])
      expect(fresh.label?.asOf).toBeGreaterThanOrEqual(started)
      const old = await look({ need: { ...NO_NEED, maxAge: 60_000 } })
      expect(old.source).toBe('replica')
      expect(old.label?.asOf).toBeLessThan(started)
      expect(clock.now() - (old.label?.asOf ?? -Infinity)).toBeLessThan(60_000)
    } finally {
      for (const replica of replicas) {
        await replica.rows('ALTER SYSTEM RESET recovery_min_apply_delay')
        await replica.rows('SELECT pg_reload_conf()')
      }
    }
  })

  test('is served by a replica that keeps up', async () => {
    await change()
    const { label } = await waitFor(async () => {
      const read = await look({ need: { ...NO_NEED, maxAge: 2_000 } })
      return read.source === 'replica' ? read : undefined
    })
    expect(clock.now() - (label?.asOf ?? -Infinity)).toBeLessThan(2_100)
  })
})

describe('a read that has to see what a replica has shown', { timeout: 60_000 }, () => {
  beforeEach(healthy)

  /** A replica shows a write that the primary holds back. */
  async function shown(): Promise<{ held: HeldCommits; n: number; need: ReadNeed; done: Promise<unknown> }> {
    const held = await HeldCommits.on(cluster.primaryUrl)
    const [row] = await store.read<{ n: number }>(LOOK)
    const { done } = await held.transaction(store, CHANGE)
    const n = (row?.n ?? 0) + 1
    const { label } = await waitFor(async () => {
      const read = await look({ terms: { ...far, bracket: 'both' } })
      return read.rows[0]?.n === n ? read : undefined
    })
    if (label === undefined) throw new Error('there is no label')
    const need = { ...NO_NEED, lsn: label.hi, rx: label.rx, epoch: label.epoch }
    return { held, n, need, done }
  }

  test('goes to a replica that has it while the primary does not show it', async () => {
    const { held, n, need, done } = await shown()
    try {
      const { rows, source } = await look({ need })
      expect([rows[0]?.n, source]).toEqual([n, 'replica'])
      expect((await store.read(LOOK))[0]?.['n']).toBe(n - 1)
    } finally {
      await held[Symbol.asyncDispose]()
      await done
    }
  })

  test('fails on the primary while that does not show it, and succeeds as soon as it does', async () => {
    const { held, n, need, done } = await shown()
    try {
      for (const terms of [PIPELINED, DEDICATED, { ...PIPELINED, sees: 'snapshot' } as const]) {
        // Where the deadline passes while the question is under way, it is the deadline that is told.
        const failure = await waitFor(async () => {
          const found = await failureOf(look({ need, terms, facts: call({ budget: 300 }) }))
          return isFulcrumError(found) && found.code !== 'FUL-3001' ? found : undefined
        })
        expect(failure).toMatchObject({ code: 'FUL-3015', operation: 'test.call', status: 503 })
        expect(failure.message).toMatch(
          /^FUL-3015 test.call: The read needs position [0-9A-F]+\/[0-9A-F]+ on \d+\/1 and what a replica has shown of transactions up to \d+, and no node in reach can be shown to have it: primary is at .*; replica 1 is at .*; replica 2 is at .*\.$/,
        )
      }
      await held.release()
      const { rows, source } = await look({ need, terms: PIPELINED })
      expect([rows[0]?.n, source]).toEqual([n, 'primary'])
    } finally {
      await held[Symbol.asyncDispose]()
      await done
    }
  })

  test.each([
    ['pipelined', PIPELINED],
    ['dedicated', DEDICATED],
    ['in one snapshot', { ...PIPELINED, sees: 'snapshot' }],
  ] as const)(
    'waits on the primary while somebody holds an earlier transaction open: %s',
    async (_how, terms) => {
      await using held = await OpenTransaction.on(cluster.primaryUrl)
      const { n, need } = await shownByReplica()
      const read = look({ need, terms })
      expect(await isPending(read, 200)).toBe(true)
      await held.end()
      const { rows, source } = await read
      expect([rows[0]?.n, source]).toEqual([n, 'primary'])
    },
  )

  test('is served by a replica that has caught up while it waits', async () => {
    await using held = await OpenTransaction.on(cluster.primaryUrl)
    const { need } = await shownByReplica()
    const pauses = await Promise.all(replicas.map(paused))
    const { n, need: later } = await change()
    const read = look({ need: { ...later, rx: need.rx } })
    expect(await isPending(read, 100)).toBe(true)
    for (const pause of pauses) await pause[Symbol.asyncDispose]()
    const { rows, source } = await read
    expect([rows[0]?.n, source]).toEqual([n, 'replica'])
    await held.end()
  })

  /** A write that is over everywhere, while an earlier transaction may not be. */
  async function shownByReplica(): Promise<{ n: number; need: ReadNeed }> {
    const { n } = await change()
    const { label } = await waitFor(async () => {
      const read = await look({ terms: { ...far, bracket: 'both' } })
      return read.source === 'replica' && read.rows[0]?.n === n ? read : undefined
    })
    if (label === undefined) throw new Error('there is no label')
    return { n, need: { ...NO_NEED, lsn: label.hi, rx: label.rx, epoch: label.epoch } }
  }

  async function isPending(promise: Promise<unknown>, ms: number): Promise<boolean> {
    const since = clock.now()
    let isOver = false
    promise.then(
      () => (isOver = true),
      () => (isOver = true),
    )
    await waitFor(() => isOver || clock.now() - since > ms)
    return !isOver
  }
})

test(
  'a replica behind a name that has moved on is judged by what it answers',
  { timeout: 60_000 },
  async () => {
    await using name = await NameProxy.to(cluster.replicaUrls[0] ?? '')
    await using other = await TestStore.start({ url: cluster.primaryUrl, replicas: [name.url], pipelined: 0 })
    await using _other = await paused(replicas[1])
    const { n, need } = await change()
    const terms = { ...far, lane: 'dedicated' } as const
    await waitFor(async () => (await other.labelled(LOOK, { terms, need })).source === 'replica')
    // What watches the replica stays with the one that follows; calls get to the one that stands still.
    name.point(cluster.replicaUrls[1] ?? '')
    const sessions = Array.from({ length: 4 }, () => other.store.read(terms, call()))
    const ports = await Promise.all(
      sessions.map((session) => session.run<{ port: number }>('SELECT inet_server_port() AS port', [])),
    )
    expect(ports.flatMap(({ rows }) => rows.map(({ port }) => port))).toContain(cluster.replicas[1]?.port)
    for (const session of sessions) session.release()
    await other.settled('replica 1')
    for (const bracket of ['none', 'lower', 'both'] as const) {
      const reads = Array.from({ length: 4 }, () =>
        other.labelled<{ n: number }>(LOOK, { terms: { ...terms, bracket }, need }),
      )
      for (const { rows } of await Promise.all(reads)) expect(rows[0]?.n).toBe(n)
    }
  },
)

describe('while the primary is away', { timeout: 60_000 }, () => {
  let before: { n: number; need: ReadNeed }

  beforeAll(async () => {
    await healthy()
    before = await change()
    await waitFor(async () => (await look({ need: before.need })).source === 'replica')
    await cluster.primary.stop()
    await waitFor(() => !store.node().healthy)
  })

  afterAll(async () => {
    await cluster.primary.start()
    await primary[Symbol.asyncDispose]()
    primary = await Observer.connect(cluster.primaryUrl)
    await healthy()
  })

  test('a replica serves what has been seen', async () => {
    for (const terms of [far, { ...far, bracket: 'both' } as const]) {
      const { rows, source, label } = await look({ need: before.need, terms })
      expect([rows[0]?.n, source]).toEqual([before.n, 'replica'])
      expect(label?.epoch).toBe(before.need.epoch)
    }
  })

  test('nothing serves what no replica has', async () => {
    const need = { ...before.need, lsn: before.need.lsn + 1_000_000 }
    const failure = await failureOf(look({ need }))
    expect(failure).toMatchObject({ code: 'FUL-3015', status: 503 })
    expect((failure as Error).message).toContain('primary is away')
  })

  test('the bound for partitions counts, and the answer says how old it is', async () => {
    const old = { ...NO_NEED, maxAge: 1, maxAgeInPartition: 60_000 }
    const { rows, label, source } = await look({ need: old })
    expect([rows[0]?.n, source]).toEqual([before.n, 'replica'])
    expect(clock.now() - (label?.asOf ?? clock.now())).toBeGreaterThan(1)
    expect(clock.now() - (label?.asOf ?? -Infinity)).toBeLessThan(60_000)
    const failure = await failureOf(look({ need: { ...old, maxAgeInPartition: 1 } }))
    expect(failure).toMatchObject({ code: 'FUL-3015' })
    expect((failure as Error).message).toContain('data no older than 1ms')
  })

  test('nothing stands in for the primary where only that will do', async () => {
    expect(await failureOf(look({ need: before.need, terms: PIPELINED }))).toMatchObject({ code: 'FUL-3015' })
    expect(await failureOf(look({ terms: PIPELINED }))).toMatchObject({ code: 'FUL-3002' })
  })
})
