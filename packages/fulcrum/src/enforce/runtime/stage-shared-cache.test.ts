import { describe, expect, it } from 'vitest'
import type { SharedCache } from '../../ports/shared-cache.ts'
import { tagKeysOf } from '../cache/operation-cache.ts'
import { getThing, instead, putThing, World } from './instances.fixture.ts'

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
