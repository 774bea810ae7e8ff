import { describe, expect, it, vi } from 'vitest'
import type { QueryContract } from '../../declare/contract/contract.ts'
import type { SharedCache } from '../../ports/shared-cache.ts'
import type { Auditor } from './auditor.ts'
import { tagKeysOf } from '../cache/operation-cache.ts'
import { type Bound, getThing, putThing, World } from '../runtime/instances.fixture.ts'
import { answerOfReplicas } from './lying-replica.fixture.ts'

type Cache = NonNullable<QueryContract['cache']>

const put = putThing()

function cached(cache: Partial<Cache> = {}, consistency: QueryContract['consistency'] = 'eventual'): Bound {
  return getThing({ consistency, cache: { strategy: 'aside', ttl: '1h', jitter: 0, ...cache } })
}

/** An instance that has `a` in its cache, and audits every answer. */
async function worldWith(get: Bound, options: { instances?: number } = {}): Promise<World> {
  const world = await World.of([get, put], { audited: 1, ...options })
  world.store.write('a', 'one')
  await world.get(get, { id: 'a' })
  await world.pass(2_000)
  return world
}

const found = (world: World) => {
  const {
    nines: _nines,
    operation: _operation,
    ...counts
  } = world.audits.get('m.get')?.report ?? {
    nines: 0,
    operation: '',
  }
  return Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0))
}

/** Follows the change stream, from here on. */
function follow({ caches: [caches], store }: World): void {
  caches?.following({ epoch: store.position.epoch, lsn: store.lsn, xid: store.xid + 1 })
}

/** The change stream has told everything up to now. */
function reach({ caches: [caches], store, clock }: World): void {
  caches?.reached({ lsn: store.lsn, asOf: clock.now() })
}

describe('an answer of a cache', () => {
  it('that the primary gives as well has held', async () => {
    const get = cached()
    const world = await worldWith(get)
    const before = found(world)['held'] ?? 0
    await world.get(get, { id: 'a' })
    await world.pass(1_000)
    expect(found(world)).toEqual({ held: before + 1 })
    expect(world.log).toEqual([])
  })

  it('is audited without its caller waiting for that', async () => {
    const get = cached()
    const world = await worldWith(get)
    world.store.takes = 500
    const asked = world.clock.now()
    await world.get(get, { id: 'a' })
    expect(world.clock.now() - asked).toBe(0)
  })

  it('is audited as often when it is a hit that begins no call', async () => {
    const get = cached()
    const world = await World.of([get], { audited: 0.1 })
    const compiled = world.runtimes[0]?.find(get.operation)
    world.store.write('a', 'one')
    await world.get(get, { id: 'a' })
    const begin = vi.spyOn(world.auditors[0] as Auditor, 'begin')
    for (let index = 0; index < 2_000; index += 1)
      await world.clock.drive(compiled?.call({}, { id: 'a' }) ?? Promise.resolve())
    expect(begin.mock.calls.length).toBeGreaterThan(140)
    expect(begin.mock.calls.length).toBeLessThan(260)
  })

  it('may be different for as long as its time lasts, where nothing else ends it', async () => {
    const get = cached({ invalidation: 'ttl' })
    const world = await worldWith(get)
    world.store.write('a', 'two')
    expect((await world.get(get, { id: 'a' })).value).toBe('one')
    await world.pass(5_000)
    expect(found(world)).toMatchObject({ allowed: 1 })
    expect(found(world)).not.toHaveProperty('violated')
    expect((await world.get(get, { id: 'a' })).value).toBe('one')
  })

  it('that lacks a change which nobody has declared is told of, and mended', async () => {
    const get = cached()
    const world = await worldWith(get)
    world.store.write('a', 'two')
    expect((await world.get(get, { id: 'a' })).value).toBe('one')
    await world.pass(5_000)
    expect(found(world)).toMatchObject({ undeclared: 1 })
    expect((await world.get(get, { id: 'a' })).value).toBe('two')
    expect(world.log).toEqual([
      expect.stringMatching(
        /an answer of m\.get from a cache lacks a change.*Tags: thing#\w+\..*fill \w+; the primary: read from a primary/,
      ),
    ])
    expect(world.log.join()).not.toContain('thing(a)')
  })

  it('is mended on all instances', async () => {
    const get = cached()
    const world = await worldWith(get, { instances: 2 })
    await world.get(get, { id: 'a' }, { on: 1 })
    await world.pass(2_000)
    world.store.write('a', 'two')
    expect((await world.get(get, { id: 'a' }, { on: 1 })).value).toBe('one')
    await world.pass(5_000)
    expect((await world.get(get, { id: 'a' }, { on: 0 })).value).toBe('two')
    expect((await world.get(get, { id: 'a' }, { on: 1 })).value).toBe('two')
  })

  it('may lack a declared change of which the news come late', async () => {
    const get = cached()
    const world = await worldWith(get)
    const [caches] = world.caches
    world.store.write('a', 'two')
    await world.get(get, { id: 'a' })
    await world.pass(500)
    caches?.changed(caches.epoch, world.audits.size > 0 ? tagsOf(get) : [], {
      min: world.store.lsn,
      writeId: 7,
    })
    await world.pass(5_000)
    expect(found(world)).toMatchObject({ allowed: 1 })
    expect(world.log).toEqual([])
  })

  it('may lack what is younger than its bound', async () => {
    const get = cached({ invalidation: 'ttl' }, { staleness: '5s' })
    const world = await worldWith(get)
    world.store.write('a', 'two')
    expect((await world.get(get, { id: 'a' })).value).toBe('one')
    await world.pass(10_000)
    expect(found(world)).toMatchObject({ allowed: 1 })
    expect(found(world)).not.toHaveProperty('violated')
  })

  it('that is still served when its bound has passed breaks it', async () => {
    const get = cached({ invalidation: 'ttl' }, { staleness: '5s' })
    const world = await worldWith(get)
    const honest = world.store.freshness.asOf.bind(world.store.freshness)
    world.store.write('a', 'two')
    expect((await world.get(get, { id: 'a' })).value).toBe('one')
    await world.pass(3_000)
    // As if every position were behind it: what a wrong label or a wrong judge would come to.
    world.store.freshness.asOf = (label) => (label.source === 'replica' ? world.clock.now() : honest(label))
    await world.pass(10_000)
    expect(found(world)).toMatchObject({ violated: 1 })
    expect(world.log).toEqual([expect.stringContaining('lacks what its contract promises')])
  })

  it('is held complete by the change stream: a table that `rows` forgets breaks its bound', async () => {
    const get = cached({ invalidation: 'log' }, { staleness: '5m' })
    const world = await World.of([get, put], { audited: 1 })
    world.store.write('a', 'one')
    follow(world)
    await world.get(get, { id: 'a' })
    await world.pass(2_000)
    world.store.write('a', 'two')
    expect((await world.get(get, { id: 'a' })).value).toBe('one')
    await world.pass(500)
    reach(world)
    await world.pass(5_000)
    expect(found(world)).toMatchObject({ violated: 1 })
    expect((await world.get(get, { id: 'a' })).value).toBe('two')
  })

  it('is dropped by a change that the stream tells of before the watermark passes it', async () => {
    const get = cached({ invalidation: 'log' }, { staleness: '5m' })
    const world = await World.of([get, put], { audited: 1 })
    world.store.write('a', 'one')
    follow(world)
    await world.get(get, { id: 'a' })
    await world.pass(2_000)
    world.store.write('a', 'two')
    expect((await world.get(get, { id: 'a' })).value).toBe('one')
    await world.pass(500)
    for (const tag of tagsOf(get)) world.caches[0]?.local.dropTag(tag, () => false)
    // What is there now has another history.
    expect((await world.get(get, { id: 'a' })).value).toBe('two')
    reach(world)
    await world.pass(5_000)
    expect(found(world)).toMatchObject({ allowed: 1 })
    expect(found(world)).not.toHaveProperty('violated')
  })

  it('is filled anew where others look for it, whether or not they have heard of it', async () => {
    const get = cached({ invalidation: 'log' }, { staleness: '5m' })
    const deaf = (cache: SharedCache, instance: number): SharedCache => {
      if (instance === 1) cache.listen = () => {}
      return cache
    }
    const world = await World.of([get, put], { audited: 1, instances: 2, between: deaf })
    world.store.write('a', 'one')
    follow(world)
    await world.get(get, { id: 'a' })
    await world.pass(2_000)
    world.store.write('a', 'two')
    await world.get(get, { id: 'a' })
    await world.pass(500)
    reach(world)
    await world.pass(5_000)
    expect(found(world)).toMatchObject({ violated: 1 })
    expect(await world.get(get, { id: 'a' }, { on: 1 })).toMatchObject({ value: 'two', call: { source: 4 } })
  })

  it('that says itself that it is late is left alone', async () => {
    const consistency = { staleness: '1s', onPartition: 'serve-stale', maxStale: '1m' } as const
    const get = cached({ invalidation: 'ttl' }, consistency)
    const world = await worldWith(get)
    const before = found(world)
    world.store.isPrimaryUp = false
    world.store.isReplicaUp = false
    expect((await world.get(get, { id: 'a' })).call.degraded).toBe('stale')
    await world.pass(5_000)
    expect(found(world)).toEqual(before)
  })

  it('that depends on more than the data cannot be compared', async () => {
    let calls = 0
    const get = {
      ...cached(),
      handler: async (_: never, { sql }: never) => {
        await (sql as { query(text: string): Promise<unknown> }).query('get a')
        return (calls += 1)
      },
    }
    const world = await worldWith(get)
    await world.get(get, { id: 'a' })
    await world.pass(5_000)
    expect(found(world)).toEqual({ undecided: 2 })
  })

  it('is not judged while the primary is away', async () => {
    const get = cached()
    const world = await worldWith(get)
    world.store.isPrimaryUp = false
    await world.get(get, { id: 'a' })
    await world.pass(5_000)
    expect(found(world)).toMatchObject({ undecided: 1 })
  })
})

/** A replica that says `one`, whatever it has replayed. */
function lie(world: World): void {
  answerOfReplicas(world, () => ({ value: 'one' }))
}

describe('an answer of a replica', () => {
  const get = getThing({ consistency: { staleness: '5s' } })

  it('that the primary gives as well has held', async () => {
    const world = await worldWith(get)
    expect(found(world)).toEqual({ held: 1 })
  })

  it('may lag within its bound', async () => {
    const world = await worldWith(get)
    world.store.replayed = world.store.lsn
    world.store.write('a', 'two')
    expect((await world.get(get, { id: 'a' })).value).toBe('one')
    await world.pass(60_000)
    expect(found(world)).toEqual({ held: 1, allowed: 1 })
  })

  it('may have lagged, and caught up before the bound had passed', async () => {
    const world = await worldWith(get)
    world.store.replayed = world.store.lsn
    world.store.write('a', 'two')
    expect((await world.get(get, { id: 'a' })).value).toBe('one')
    await world.pass(2_000)
    world.store.replayed = Infinity
    await world.pass(60_000)
    expect(found(world)).toEqual({ held: 1, allowed: 1 })
  })

  it('that stays behind, although the replica is held to have everything, breaks the bound', async () => {
    const world = await worldWith(get)
    lie(world)
    world.store.write('a', 'two')
    expect((await world.get(get, { id: 'a' })).value).toBe('one')
    await world.pass(60_000)
    expect(found(world)).toEqual({ held: 1, violated: 1 })
    expect(world.log).toEqual([expect.stringContaining('from a replica lacks what its contract promises')])
  })

  it('may be of any age where nothing bounds it', async () => {
    const eventual = getThing({ consistency: 'eventual' })
    const world = await worldWith(eventual)
    lie(world)
    world.store.write('a', 'two')
    await world.get(eventual, { id: 'a' })
    await world.pass(60_000)
    expect(found(world)).toEqual({ held: 1, allowed: 1 })
  })
})

describe('the budget', () => {
  it('is ten a second, one after the other', async () => {
    const get = cached()
    const world = await worldWith(get)
    const read = vi.spyOn(world.store, 'read')
    world.store.takes = 10
    for (let index = 0; index < 1_000; index += 1) await world.get(get, { id: 'a' })
    await world.pass(5)
    expect(read).toHaveBeenCalledTimes(1)
    await world.pass(900)
    expect(read.mock.calls.length).toBeLessThanOrEqual(10)
    expect(read.mock.calls.length).toBeGreaterThan(5)
  })

  it('is nothing while calls wait for a connection to the primary', async () => {
    const get = cached()
    const world = await worldWith(get)
    const nodes = world.store.nodes()
    const busy = nodes.map((node) => ({ ...node, connections: { open: 1, idle: 0, waiting: 1 } }))
    world.store.nodes = () => busy
    const read = vi.spyOn(world.store, 'read')
    await world.get(get, { id: 'a' })
    await world.pass(5_000)
    expect(read).not.toHaveBeenCalled()
    expect(found(world)).toMatchObject({ undecided: 1 })
  })

  it('ends with the application', async () => {
    const get = cached()
    const world = await worldWith(get)
    world.store.write('a', 'two')
    await world.get(get, { id: 'a' })
    await world.pass(100)
    await world.clock.drive(world.auditors[0]?.close() ?? Promise.resolve())
    expect(world.clock.pending).toBe(0)
    expect(found(world)).toMatchObject({ undecided: 1 })
    await world.get(get, { id: 'a' })
    await world.pass(5_000)
    expect(found(world)).toMatchObject({ undecided: 1 })
  })

  it('is spent on nothing where neither caches nor replicas serve', async () => {
    const get = getThing({ consistency: 'strong' })
    const world = await worldWith(get)
    expect(world.audits.size).toBe(0)
  })
})

function tagsOf({ operation: { reads } }: Bound): readonly number[] {
  return tagKeysOf({ reads } as never)({ id: 'a' })
}
