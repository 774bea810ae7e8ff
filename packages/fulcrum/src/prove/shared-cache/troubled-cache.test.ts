import { describe, expect, it } from 'vitest'
import { sharedMemory } from '../../adapters/memory/shared-memory.ts'
import { isFulcrumError } from '../../kernel/errors/fulcrum-error.ts'
import { createVirtualClock, type VirtualClock } from '../../kernel/clock-virtual.ts'
import { createSeededRandom } from '../../kernel/random-seeded.ts'
import type { SharedCache, SharedCacheSource } from '../../ports/shared-cache.ts'
import { SHARED_CACHE_CONFORMANCE } from '../shared-cache-conformance.ts'
import { EPOCH, fillOf, freshKey, freshTag, leaseIn, listen, type SharedCacheUnderTest } from './case.ts'
import { Trouble, TROUBLES } from './trouble.ts'
import { troubled } from './troubled-cache.ts'

const TIMEOUT = 100

interface Troubled extends SharedCacheUnderTest {
  readonly clock: VirtualClock
  readonly trouble: Trouble
}

async function underTest(): Promise<Troubled> {
  const clock = createVirtualClock()
  const trouble = new Trouble({ clock, random: createSeededRandom(1), timeout: TIMEOUT, latency: 2 })
  const source: SharedCacheSource = troubled(sharedMemory(clock), trouble)
  const dependencies = { clock, random: createSeededRandom(1), log: () => {} }
  const [one, other] = await Promise.all([source.open(dependencies), source.open(dependencies)])
  return {
    one,
    other,
    clock,
    trouble,
    pass: (ms) => clock.sleep(ms),
    until: (condition) => until(clock, condition),
  }
}

async function until(clock: VirtualClock, condition: () => boolean): Promise<void> {
  for (let turn = 0; turn < 100 && !condition(); turn += 1) await clock.sleep(1)
  expect(condition()).toBe(true)
}

/** All that can be asked, on one key. */
function everything(cache: SharedCache): readonly Promise<unknown>[] {
  const tag = freshTag()
  const key = freshKey([tag])
  return [
    cache.fill(EPOCH, key, fillOf()),
    cache.get(EPOCH, key),
    cache.changed(EPOCH, { tags: [tag], tombstone: { min: 1, writeId: 1 }, ttl: 1_000 }),
    cache.lease(EPOCH, key, { ttl: 1_000, stamp: 0 }),
    cache.renew(EPOCH, key, { fence: 1, ttl: 1_000 }),
    cache.release(EPOCH, key, { fence: 1 }),
  ]
}

describe('a cache that can be troubled', () => {
  it.each(SHARED_CACHE_CONFORMANCE)('and is not: $name', async ({ run }) => {
    const cache = await underTest()
    await expect(cache.clock.drive(run(cache))).resolves.toBeUndefined()
  })

  it.each(SHARED_CACHE_CONFORMANCE)('and is slow: $name', async ({ run }) => {
    const cache = await underTest()
    cache.trouble.begin('slow')
    await expect(cache.clock.drive(run(cache))).resolves.toBeUndefined()
  })

  it.each(SHARED_CACHE_CONFORMANCE)('and was flushed: $name', async ({ run }) => {
    const cache = await underTest()
    cache.trouble.flush()
    await expect(cache.clock.drive(run(cache))).resolves.toBeUndefined()
  })

  it.each(TROUBLES)(
    'is over with everything in time while it is %s, and well again afterwards',
    async (kind) => {
      const { one, other, clock, trouble, pass, until: waitUntil } = await underTest()
      trouble.begin(kind)
      const asked = everything(one)
      const outcomes = await clock.drive(Promise.allSettled(asked))
      expect(clock.now()).toBeLessThanOrEqual(TIMEOUT)
      for (const outcome of outcomes)
        if (outcome.status === 'rejected') expect(isFulcrumError(outcome.reason, 'FUL-3002')).toBe(true)
      trouble.end()
      for (const { run } of SHARED_CACHE_CONFORMANCE)
        await clock.drive(run({ one, other, pass, until: waitUntil }))
    },
  )

  it('that is slow beyond its timeout has done what it does not say', async () => {
    const clock = createVirtualClock()
    const trouble = new Trouble({ clock, random: createSeededRandom(1), timeout: 10, latency: 20 })
    const dependencies = { clock, random: createSeededRandom(1), log: () => {} }
    const cache = await troubled(sharedMemory(clock), trouble).open(dependencies)
    const key = freshKey()
    trouble.begin('slow')
    await expect(clock.drive(cache.fill(EPOCH, key, fillOf()))).rejects.toMatchObject({ code: 'FUL-3002' })
    expect(clock.now()).toBe(10)
    trouble.end()
    await clock.drive(clock.sleep(20))
    expect((await cache.get(EPOCH, key)).body).toBeDefined()
  })

  it('loses writes, tells old answers, and keeps news to itself', async () => {
    const { one, other, trouble } = await underTest()
    const [lost, old] = [freshKey(), freshKey()]
    trouble.begin('lossy')
    expect(await one.fill(EPOCH, lost, fillOf())).toBe('stored')
    leaseIn(await one.lease(EPOCH, lost, { ttl: 1_000, stamp: 0 }))
    leaseIn(await other.lease(EPOCH, lost, { ttl: 1_000, stamp: 0 }))
    trouble.end()
    expect((await one.get(EPOCH, lost)).body).toBeUndefined()

    expect((await one.get(EPOCH, old)).body).toBeUndefined()
    await one.fill(EPOCH, old, fillOf())
    trouble.begin('outdated')
    expect((await one.get(EPOCH, old)).body).toBeUndefined()
    trouble.end('outdated')
    expect((await one.get(EPOCH, old)).body).toBeDefined()

    const heard = listen(other)
    trouble.begin('deaf')
    await one.changed(EPOCH, { tags: [1], tombstone: { min: 1, writeId: 1 }, ttl: 1_000 })
    trouble.end()
    await one.changed(EPOCH, { tags: [2], tombstone: { min: 1, writeId: 1 }, ttl: 1_000 })
    expect(heard).toMatchObject([{ tags: [2] }])
  })

  it('forgets everything when it is flushed, and still tells of changes', async () => {
    const { one, other, trouble } = await underTest()
    const key = freshKey()
    const heard = listen(other)
    await one.fill(EPOCH, key, fillOf())
    trouble.flush()
    expect((await one.get(EPOCH, key)).body).toBeUndefined()
    await one.changed(EPOCH, { tags: [1], tombstone: { min: 1, writeId: 1 }, ttl: 1_000 })
    expect(heard).toMatchObject([{ epoch: EPOCH }])
  })
})
