import { describe, expect, it } from 'vitest'
import type { SessionLevel } from '../../declare/contract/vocabulary.ts'
import type { SharedCache } from '../../ports/shared-cache.ts'
import { type Bound, getThing, instead, newSession, putThing, World } from './instances.fixture.ts'
import { LOCAL, SHARED } from './serving.ts'

const put = putThing()

function cached(session: SessionLevel): Bound {
  return getThing({ consistency: { session }, cache: { strategy: 'aside', ttl: '1h', jitter: 0 } })
}

const deafSecond = (cache: SharedCache, instance: number): SharedCache =>
  instance === 1 ? instead(cache, { listen: () => {} }) : cache

/** Both instances have old values cached, which have changed since without anybody being told. No news reach the second one at all. */
async function outdated(get: Bound): Promise<World> {
  const world = await World.of([get, put], { instances: 2, hasReplica: false, between: deafSecond })
  for (const key of ['a', 'b']) world.store.write(key, 'old')
  for (const on of [0, 1])
    for (const id of ['a', 'b']) await world.get(get, { id }, { on, session: newSession() })
  for (const key of ['a', 'b', 'unrelated']) world.store.write(key, 'new')
  return world
}

describe.each(['monotonic', 'causal'] as const)('a %s session that reads through caches', (level) => {
  const get = cached(level)

  it('is served from them as long as it knows of nothing newer', async () => {
    const world = await outdated(get)
    const { reads } = world
    expect((await world.get(get, { id: 'a' }, { session: newSession() })).value).toBe('old')
    expect((await world.get(get, { id: 'a' }, { on: 1, session: newSession() })).value).toBe('old')
    expect(world.reads).toBe(reads)
  })

  it('does not go back on another instance to what is cached there', async () => {
    const world = await outdated(get)
    const session = newSession()
    await world.get(put, { id: 'a', value: 'newer' })
    const seen = await world.get(get, { id: 'a' }, { session })
    const there = await world.get(get, { id: 'a' }, { on: 1, session })
    expect([seen.value, there.value]).toEqual(['newer', 'newer'])
  })
})

describe('what a session has seen of one key', () => {
  /** Has seen the new value of `a`, on the first instance. */
  async function sighted(level: SessionLevel) {
    const get = cached(level)
    const world = await outdated(get)
    const session = newSession()
    await world.get(put, { id: 'a', value: 'newer' })
    expect((await world.get(get, { id: 'a' }, { session })).value).toBe('newer')
    return { get, world, session }
  }

  it('is not demanded of another key by a monotonic session', async () => {
    const { get, world, session } = await sighted('monotonic')
    const other = await world.get(get, { id: 'b' }, { on: 1, session })
    expect([other.value, other.call.source]).toEqual(['old', LOCAL])
  })

  it('is demanded of every key by a causal one', async () => {
    const { get, world, session } = await sighted('causal')
    expect((await world.get(get, { id: 'b' }, { on: 1, session })).value).toBe('new')
  })

  it('is served again on another instance by a monotonic one: it is the very value, although the primary stands still', async () => {
    const { get, world, session } = await sighted('monotonic')
    const { reads } = world
    const again = await world.get(get, { id: 'a' }, { on: 1, session })
    expect([again.value, again.call.source]).toEqual(['newer', SHARED])
    expect(world.reads).toBe(reads)
  })

  it('is served from a cache to a causal one when somebody has read it since the primary has moved on', async () => {
    const { get, world, session } = await sighted('causal')
    const somebody = newSession()
    await world.get(put, { id: 'b', value: 'newer' }, { session: somebody })
    await world.get(get, { id: 'a' }, { session: somebody })
    const { reads } = world
    const again = await world.get(get, { id: 'a' }, { on: 1, session })
    expect([again.value, again.call.source]).toEqual(['newer', SHARED])
    expect(world.reads).toBe(reads)
  })
})
