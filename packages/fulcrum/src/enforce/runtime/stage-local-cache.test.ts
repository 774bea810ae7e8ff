import { describe, expect, it } from 'vitest'
import type { QueryContract } from '../../declare/contract/contract.ts'
import { CallSession } from '../session/call-session.ts'
import { getThing, newSession, putThing, World } from './instances.fixture.ts'

const put = putThing()

function cached(
  cache: Partial<NonNullable<QueryContract['cache']>> = {},
  consistency: QueryContract['consistency'] = 'eventual',
) {
  return getThing({ consistency, cache: { strategy: 'aside', ttl: '10s', jitter: 0, ...cache } })
}

describe('a cached query', () => {
  it('reads once, and says from then on where its answer comes from and how old it is', async () => {
    const get = cached()
    const world = await World.of([get, put])
    world.store.write('a', 'one')
    const first = await world.get(get, { id: 'a' })
    await world.pass(2_000)
    const second = await world.get(get, { id: 'a' })
    expect([first.value, second.value]).toEqual(['one', 'one'])
    expect(first.call).toMatchObject({ source: 2, age: 0 })
    expect(second.call).toMatchObject({ source: 3, age: 2_001, freshFor: 7_999, degraded: undefined })
    expect(world.reads).toBe(1)
  })

  it('reads again once its time is up', async () => {
    const get = cached()
    const world = await World.of([get, put])
    world.store.write('a', 'one')
    await world.get(get, { id: 'a' })
    world.store.write('a', 'two')
    await world.pass(9_998)
    expect((await world.get(get, { id: 'a' })).value).toBe('one')
    await world.pass(1)
    expect((await world.get(get, { id: 'a' })).value).toBe('two')
  })

  it('shortens the time of each entry by up to its jitter', async () => {
    const get = cached({ jitter: 50 })
    const world = await World.of([get])
    for (let index = 0; index < 50; index += 1) world.store.write(`k${index}`, index)
    for (let index = 0; index < 50; index += 1) await world.get(get, { id: `k${index}` })
    await world.pass(4_800)
    const [before] = [world.reads]
    for (let index = 0; index < 50; index += 1) await world.get(get, { id: `k${index}` })
    expect(world.reads).toBe(before)
    await world.pass(2_500)
    for (let index = 0; index < 50; index += 1) await world.get(get, { id: `k${index}` })
    expect(world.reads - before).toBeGreaterThan(15)
    expect(world.reads - before).toBeLessThan(35)
  })

  it('is read anew after a command has changed one of its tags', async () => {
    const get = cached()
    const world = await World.of([get, put])
    world.store.write('a', 'one')
    world.store.write('b', 'other')
    await world.get(get, { id: 'a' })
    await world.get(get, { id: 'b' })
    await world.get(put, { id: 'a', value: 'two' })
    expect((await world.get(get, { id: 'a' })).value).toBe('two')
    expect((await world.get(get, { id: 'b' })).call.source).toBe(3)
  })

  it('freezes what many are given', async () => {
    const get = cached()
    const world = await World.of([get])
    world.store.write('a', { list: [1] })
    const { value } = await world.get(get, { id: 'a' })
    expect(() => (value as { list: number[] }).list.push(2)).toThrow(TypeError)
  })

  it('never passes its bound of staleness, whatever its time to live', async () => {
    const get = cached({}, { staleness: '1s' })
    const world = await World.of([get])
    world.store.write('a', 'one')
    await world.get(get, { id: 'a' })
    // The primary has moved on, so the entry is only known to have been complete up to here.
    world.store.write('a', 'two')
    await world.pass(1_000)
    expect((await world.get(get, { id: 'a' })).value).toBe('one')
    await world.pass(1)
    expect((await world.get(get, { id: 'a' })).value).toBe('two')
  })

  it('stays good beyond its bound for as long as nothing is written', async () => {
    const get = cached({}, { staleness: '1s' })
    const world = await World.of([get])
    world.store.write('a', 'one')
    world.store.replayed = world.store.lsn
    await world.get(get, { id: 'a' })
    await world.pass(5_000)
    expect((await world.get(get, { id: 'a' })).call).toMatchObject({ source: 3 })
    expect(world.reads).toBe(1)
  })
})

describe('a cached query with a session', () => {
  it('shows a session what it has written, and then serves it from the cache, although the primary stands still', async () => {
    const get = cached({ invalidation: 'ttl' }, { session: 'read-your-writes' })
    const world = await World.of([get, put])
    const session = newSession()
    world.store.write('a', 'one')
    await world.get(get, { id: 'a' }, { session })
    await world.get(put, { id: 'a', value: 'two' }, { session })
    expect((await world.get(get, { id: 'a' }, { session })).value).toBe('two')
    expect((await world.get(get, { id: 'a' }, { session })).call.source).toBe(3)
  })

  it('asks the primary for a session of unknown history, which is known from then on', async () => {
    const get = cached({}, { session: 'read-your-writes' })
    const world = await World.of([get])
    world.store.write('a', 'one')
    world.store.replayed = world.store.lsn
    world.store.write()
    await world.get(get, { id: 'a' }, { session: newSession() })
    const session = new CallSession()
    expect((await world.get(get, { id: 'a' }, { session })).call.source).toBe(1)
    expect((await world.get(get, { id: 'a' }, { session })).call.source).toBe(3)
    expect((await world.get(get, { id: 'a' })).call.source).toBe(1)
  })
})
