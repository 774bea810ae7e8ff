import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { HASH_TAGS } from '../../../../packages/fulcrum/src/adapters/redis/cluster/hash-tags.ts'
import { SHARED_CACHE_CONFORMANCE } from '../../../../packages/fulcrum/src/prove/shared-cache-conformance.ts'
import { waitFor } from '../../../support/wait-for.ts'
import { EPOCH, fillOf, keyOf, type OpenedCache, openHealthy } from '../open-cache.ts'
import { RedisCluster } from './redis-cluster.ts'

/** A busy machine must not decide whether tests pass. */
const timeout = '5s'

describe('a Redis Cluster as a shared cache', () => {
  let cluster: RedisCluster
  let one: OpenedCache
  let other: OpenedCache

  beforeAll(async () => {
    cluster = await RedisCluster.start()
    one = await openHealthy({ cluster: cluster.urls.slice(0, 1), timeout })
    other = await openHealthy({ cluster: cluster.urls.toReversed(), timeout })
  })

  afterAll(async () => {
    await one[Symbol.asyncDispose]()
    await other[Symbol.asyncDispose]()
    await cluster[Symbol.asyncDispose]()
  })

  it.each(SHARED_CACHE_CONFORMANCE)('$name', async ({ run }) => {
    const underTest = {
      one: one.cache,
      other: other.cache,
      pass: (ms: number) => sleep(ms),
      until: async (condition: () => boolean) => void (await waitFor(condition)),
    }
    await expect(run(underTest)).resolves.toBeUndefined()
  })

  it('has its buckets in the slots that the nodes calculate', async () => {
    for (const { text, slot } of HASH_TAGS)
      expect(await cluster.owners[0]?.command('CLUSTER', 'KEYSLOT', `fulcrum:e:{${text}}a:{b}`)).toBe(slot)
  })

  it('spreads entries over its nodes', async () => {
    await Promise.all(cluster.owners.map((owner) => owner.command('FLUSHALL')))
    const count = 1_000
    const keys = Array.from({ length: count }, (_, index) => keyOf(`spread:{"id":${index}}`, []))
    const outcomes = await Promise.all(keys.map((key) => one.cache.fill(EPOCH, key, fillOf())))
    expect(new Set(outcomes)).toEqual(new Set(['stored']))
    const sizes = await Promise.all(cluster.owners.map((owner) => owner.command('DBSIZE')))
    // Five or six of sixteen buckets each.
    for (const size of sizes) expect(Number(size) / count).toBeGreaterThan(0.22)
    expect(sizes.reduce<number>((sum, size) => sum + Number(size), 0)).toBe(count)
  })

  it('tells of a change beside every entry with its tags, whichever node has it', async () => {
    const keys = Array.from({ length: 100 }, (_, index) => keyOf(`everywhere:${index}`, [index, 4_711]))
    const tombstone = { min: 50, writeId: 7 }
    await Promise.all(keys.map((key) => one.cache.fill(EPOCH, key, fillOf({ lo: 40 }))))
    await other.cache.changed(EPOCH, { tags: [4_711], tombstone, ttl: 60_000 })
    for (const key of keys) {
      expect((await one.cache.get(EPOCH, key)).tombstones).toEqual([tombstone])
      expect(await one.cache.fill(EPOCH, key, fillOf({ lo: 50 }))).toBe('outdated')
    }
  })
})
