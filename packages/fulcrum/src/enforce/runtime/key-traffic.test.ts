import { describe, expect, it, vi } from 'vitest'
import type { QueryContract } from '../../declare/contract/contract.ts'
import { getThing, World } from './instances.fixture.ts'

type Cache = NonNullable<QueryContract['cache']>

/** A query and an instance; which keys were looked up so far. */
async function world(cache: Partial<Cache>) {
  const contract = { strategy: 'aside', ttl: '1h', ...cache } as Cache
  const get = getThing({ consistency: 'eventual', cache: contract })
  const of = await World.of([get], { isShared: true })
  of.store.write('a', 'one')
  const [traffic] = of.caches[0]?.traffic ?? []
  if (traffic === undefined) throw new Error('nothing counts its keys')
  const note = vi.spyOn(traffic, 'note')
  return { of, get, keys: () => note.mock.calls.map(([key]) => key) }
}

describe('a look-up in a cache', () => {
  it('is counted once, whether or not it finds something, and whoever asks', async () => {
    const { of, get, keys } = await world({})
    const compiled = of.runtimes[0]?.find(get.operation)
    await of.clock.drive(compiled?.call({}, { id: 'a' }) ?? Promise.reject(new Error('not there')))
    expect(keys()).toEqual(['a'])
    await of.clock.drive(compiled?.call({}, { id: 'a' }) ?? Promise.reject(new Error('not there')))
    expect(keys()).toEqual(['a', 'a'])
    await of.get(get, { id: 'a' })
    expect(keys()).toEqual(['a', 'a', 'a'])
    await of.getMany(get, [{ id: 'a' }, { id: 'b' }])
    expect(keys()).toEqual(['a', 'a', 'a', 'a', 'b'])
  })

  it('is counted where there is no local tier', async () => {
    const { of, get, keys } = await world({ tiers: ['shared'] })
    await of.get(get, { id: 'a' })
    await of.get(get, { id: 'a' })
    expect(keys()).toEqual(['a', 'a'])
  })

  it('is of a key that says whose it is, where the contract has that', async () => {
    const { of, get, keys } = await world({ scope: 'principal' })
    await of.get(get, { id: 'a' }, { principal: { id: 'ada' } })
    expect(keys()).toEqual([expect.stringMatching(/ada.*a$/)])
  })
})
