import { describe, expect, it } from 'vitest'
import type { QueryContract } from '../../declare/contract/contract.ts'
import type { BusListener, SharedCache } from '../../ports/shared-cache.ts'
import { tagKeysOf } from '../cache/operation-cache.ts'
import { type Bound, getThing, instead, newSession, putThing, World } from './instances.fixture.ts'

describe('an entry of another instance', () => {
  it('is not served once the change stream has told that it lacks a change', async () => {
    const cache = { strategy: 'aside', ttl: '1h', jitter: 0, invalidation: 'log' } as const
    const get = getThing({ consistency: { staleness: '10m' }, cache })
    const world = await World.of([get], { instances: 2 })
    const { store } = world
    const [caches] = world.caches
    caches?.following({ epoch: store.position.epoch, lsn: store.lsn, xid: store.xid + 1 })
    store.write('a', 'one')
    await world.get(get, { id: 'a' }, { on: 1 })
    expect((await world.get(get, { id: 'a' })).call.source).toBe(4)
    store.write('a', 'two')
    for (const tag of tagKeysOf(get.operation)({ id: 'a' })) {
      caches?.changes.committed(tag, { lsn: store.lsn, xid: store.xid })
      caches?.local.dropTag(tag, () => false)
    }
    expect((await world.get(get, { id: 'a' })).value).toBe('two')
    expect((await world.get(get, { id: 'a' }, { on: 1 })).value).toBe('one')
  })
})

describe('an entry that a change has ended', () => {
  const cache = { strategy: 'aside', ttl: '1h', grace: '1h', jitter: 0 } as const
  const [get, put] = [getThing({ consistency: 'eventual', cache }), putThing()]

  /** Nobody is told of the change: only its tombstone is left. */
  async function changed(): Promise<World> {
    const between = (shared: SharedCache): SharedCache => instead(shared, { listen: () => {} })
    const world = await World.of([get, put], { instances: 2, between })
    world.store.write('a', 'old')
    await world.get(get, { id: 'a' })
    await world.get(put, { id: 'a', value: 'new' })
    return world
  }

  it('is not found again, however long it would have been kept', async () => {
    const world = await changed()
    await world.pass(55 * 60_000)
    expect((await world.get(get, { id: 'a' }, { on: 1 })).value).toBe('new')
  })

  it('does not stand in for a failing origin either', async () => {
    const world = await changed()
    await world.pass(110 * 60_000)
    world.store.isPrimaryUp = false
    world.store.isReplicaUp = false
    await expect(world.get(get, { id: 'a' }, { on: 1 })).rejects.toMatchObject({ code: 'FUL-3015' })
  })
})

describe('what was cached in another epoch', () => {
  it('is served by neither tier: it may have been lost with the former primary', async () => {
    const cache = { strategy: 'aside', ttl: '1h', jitter: 0 } as const
    const get = getThing({ consistency: 'eventual', cache })
    const world = await World.of([get], { instances: 3 })
    world.store.write('a', 'one')
    world.store.write('a', 'two')
    for (const on of [0, 1]) expect((await world.get(get, { id: 'a' }, { on })).value).toBe('two')
    world.store.failOver('7/2', world.store.lsn)
    for (const on of [0, 1, 2]) expect((await world.get(get, { id: 'a' }, { on })).value).toBe('one')
  })
})

describe('an instance that news do not reach', () => {
  const cache = { strategy: 'aside', ttl: '1h', jitter: 0 } as const
  const put = putThing()
  let listener: BusListener | undefined
  let isCut = false

  async function cutOff(
    consistency: NonNullable<QueryContract['consistency']>,
  ): Promise<{ world: World; get: Bound }> {
    const get = getThing({ consistency, cache })
    const listen = (shared: SharedCache): SharedCache =>
      instead(shared, {
        listen: (given) => {
          listener = given
          shared.listen({ ...given, message: (told) => (isCut ? undefined : given.message(told)) })
        },
      })
    const between = (shared: SharedCache, on: number): SharedCache => (on === 1 ? listen(shared) : shared)
    const world = await World.of([get, put], { instances: 2, between, hasReplica: false })
    world.store.write('a', 'old')
    for (const on of [0, 1]) await world.get(get, { id: 'a' }, { on, session: newSession() })
    isCut = true
    return { world, get }
  }

  const change = (world: World, request = {}): ReturnType<World['get']> =>
    world.get(put, { id: 'a', value: 'new' }, request)

  it('serves what it has within its bound, and not beyond it', async () => {
    const { world, get } = await cutOff({ staleness: '5s' })
    await change(world)
    expect((await world.get(get, { id: 'a' }, { on: 1 })).value).toBe('old')
    await world.pass(5_000)
    expect((await world.get(get, { id: 'a' }, { on: 1 })).value).toBe('new')
  })

  it('shows a session what that has written on another one', async () => {
    const { world, get } = await cutOff({ session: 'read-your-writes' })
    const session = newSession()
    await change(world, { session })
    expect((await world.get(get, { id: 'a' }, { on: 1, session })).value).toBe('new')
  })

  it('serves nothing of what it may have missed once it hears news again', async () => {
    const { world, get } = await cutOff('eventual')
    await change(world)
    expect((await world.get(get, { id: 'a' }, { on: 1 })).value).toBe('old')
    isCut = false
    listener?.gap()
    expect((await world.get(get, { id: 'a' }, { on: 1 })).value).toBe('new')
  })
})
