import { describe, expect, it } from 'vitest'
import { tagKeysOf } from '../cache/operation-cache.ts'
import { getThing, World } from './instances.fixture.ts'

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
