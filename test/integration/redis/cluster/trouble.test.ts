import { createClient } from 'redis'
import { describe, expect, it } from 'vitest'
import { bucketOf, HASH_TAGS } from '../../../../packages/fulcrum/src/adapters/redis/cluster/hash-tags.ts'
import type { SharedKey } from '../../../../packages/fulcrum/src/ports/shared-cache.ts'
import { waitFor } from '../../../support/wait-for.ts'
import { EPOCH, fillOf, keyOf, openCache, openHealthy, TIMEOUT_MS } from '../open-cache.ts'
import type { RedisServer } from '../redis-server.ts'
import { Load, timed } from '../timed.ts'
import { moveSlot } from './move-slot.ts'
import { type ClusterNode, RedisCluster } from './redis-cluster.ts'

/** A busy machine may be late with a timer; a hang is another thing. */
const BOUND_MS = TIMEOUT_MS + 5_000
/** From the return of a node until it is used again, on a busy machine. */
const soon = (condition: () => unknown): Promise<unknown> => waitFor(condition, { deadline: 30_000 })
const TAG = 7
const tombstone = { min: 50, writeId: 9 }

/** One key in each bucket, with the slot in which it lies. */
const KEYS: readonly { readonly key: SharedKey; readonly slot: number }[] = HASH_TAGS.map(
  ({ slot }, bucket) => {
    for (let id = 0; ; id += 1) {
      const key = keyOf(`in:${id}`, [TAG])
      if (bucketOf(key.id) === bucket) return { key, slot }
    }
  },
)

/** The keys whose bucket a node has, and the others. */
function split(cluster: RedisCluster, node: RedisServer): readonly [SharedKey[], SharedKey[]] {
  const isThere = ({ slot }: { readonly slot: number }): boolean => cluster.ownerOf(slot) === node
  const keysOf = (kept: typeof KEYS): SharedKey[] => kept.map(({ key }) => key)
  return [keysOf(KEYS.filter(isThere)), keysOf(KEYS.filter((one) => !isThere(one)))]
}

describe('a node of a cluster', { timeout: 120_000 }, () => {
  it.each([
    ['hangs', async (node: RedisServer) => node.pause(), async (node: RedisServer) => node.resume()],
    ['dies', (node: RedisServer) => node.kill(), (node: RedisServer) => node.start()],
  ])(
    'that %s is missed by its entries only, holds nobody up, and is used again',
    async (_what, begin, end) => {
      await using cluster = await RedisCluster.start()
      await using opened = await openHealthy({ cluster: cluster.urls })
      const { cache } = opened
      const heard: string[] = []
      cache.listen({ message: ({ kind }) => heard.push(kind), gap: () => heard.push('gap') })
      const gone = cluster.owners[0] as RedisServer
      const [missed, kept] = split(cluster, gone)
      for (const { key } of KEYS) await cache.fill(EPOCH, key, fillOf({ lo: 40 }))
      const load = new Load(cache, 8)

      await begin(gone)
      const outcomes = async (keys: readonly SharedKey[]): Promise<Set<string>> =>
        new Set(
          (await Promise.all(keys.map((key) => timed(cache.get(EPOCH, key))))).map(({ outcome }) => outcome),
        )
      await soon(async () => {
        const lost = await outcomes(missed)
        return lost.size === 1 && lost.has('unavailable')
      })
      await soon(async () => !(await outcomes(kept)).has('unavailable'))
      expect(cache.isHealthy).toBe(false)
      // A change is told, and remembered wherever it can be.
      heard.length = 0
      await soon(async () => {
        await timed(cache.changed(EPOCH, { tags: [TAG], tombstone, ttl: 60_000 }))
        return heard.includes('changed')
      })
      for (const key of kept) expect((await cache.get(EPOCH, key)).tombstones).toEqual([tombstone])

      await end(gone)
      await soon(() => cache.isHealthy)
      await load.stop()
      expect(load.slowest).toBeLessThan(BOUND_MS)
      expect(await outcomes(missed)).toEqual(new Set(['answered']))
      await cluster.settled()
    },
  )

  it('that hangs does not keep news back, which any other one passes on', async () => {
    await using cluster = await RedisCluster.start()
    await using opened = await openHealthy({ cluster: cluster.urls })
    const listener = createClient({ url: cluster.owners[1]?.url ?? '' })
    listener.on('error', () => {})
    await listener.connect()
    const heard: string[] = []
    await listener.subscribe('fulcrum:bus', (news) => heard.push(news))
    // The one that has the first bucket, over whose link news go.
    cluster.owners[0]?.pause()
    await timed(opened.cache.changed(EPOCH, { tags: [TAG], tombstone, ttl: 60_000 }))
    await soon(() => heard.some((news) => news.includes('"changed"')))
    expect(opened.cache.counters.dropped).toBe(0)
    cluster.owners[0]?.resume()
    listener.destroy()
  })

  it('that has become the owner in place of another one is found', async () => {
    await using cluster = await RedisCluster.start({ replicas: 1 })
    await using opened = await openHealthy({ cluster: [cluster.owners[2]?.url ?? ''] })
    const { cache, lines } = opened
    const gone = cluster.owners[0] as RedisServer
    const [[key]] = split(cluster, gone) as [[SharedKey], SharedKey[]]
    await cache.fill(EPOCH, key, fillOf())
    const copied = async (): Promise<boolean> => Number(await cluster.replicas[0]?.command('DBSIZE')) > 0
    await soon(copied)
    await gone.kill()
    await soon(() => !cache.isHealthy)
    await cluster.replicas[0]?.command('CLUSTER', 'FAILOVER', 'TAKEOVER')
    await soon(() => cache.isHealthy)
    expect((await cache.get(EPOCH, key)).body).toHaveLength(3)
    expect(await cache.fill(EPOCH, key, fillOf({ lo: 2 }))).toBe('stored')
    expect(lines.filter((line) => line.endsWith('is back')).length).toBeGreaterThanOrEqual(5)
  })

  it('to which a slot is moved is found, and what was kept and remembered there comes along', async () => {
    await using cluster = await RedisCluster.start()
    await using opened = await openHealthy({ cluster: cluster.urls, timeout: '2s' })
    const { cache } = opened
    const [{ key, slot }] = KEYS as [(typeof KEYS)[number]]
    const others = KEYS.slice(1)
    const [from, to] = cluster.owners as readonly [ClusterNode, ClusterNode, ClusterNode]
    await cache.fill(EPOCH, key, fillOf({ lo: 60 }))
    await cache.changed(EPOCH, { tags: [TAG], tombstone, ttl: 60_000 })

    const move = await moveSlot(slot, { from, to })
    // What is not at the old owner may be at the new one already.
    const absent = keyOf(key.id.slice('test.query:'.length), [TAG, TAG + 1])
    expect((await timed(cache.get(EPOCH, absent))).outcome).toBe('unavailable')
    await soon(async () => {
      await timed(cache.changed(EPOCH, { tags: [TAG + 2], tombstone, ttl: 60_000 }))
      return !cache.isHealthy
    })
    for (const one of others) expect((await cache.get(EPOCH, one.key)).tombstones).toEqual([tombstone])

    await move.finish()
    await soon(() => cache.isHealthy)
    const found = await cache.get(EPOCH, key)
    expect([found.body?.length, found.tombstones]).toEqual([3, [tombstone]])
    expect(await cache.fill(EPOCH, key, fillOf({ lo: 50 }))).toBe('outdated')
    expect(Number(await to.command('CLUSTER', 'COUNTKEYSINSLOT', String(slot)))).toBeGreaterThan(1)
  })
})

describe('a cluster', { timeout: 120_000 }, () => {
  it('that is not there yet does not hold up the start, and is used when it is', async () => {
    await using cluster = await RedisCluster.start()
    await Promise.all(cluster.owners.map((owner) => owner.kill()))
    await using opened = await openCache({ cluster: cluster.urls })
    expect(opened.cache.isHealthy).toBe(false)
    await Promise.all(cluster.owners.map((owner) => owner.start()))
    await soon(() => opened.cache.isHealthy)
    await soon(() => opened.gaps() === 1)
  })

  it('is known by one node that answers among those that do not', async () => {
    await using cluster = await RedisCluster.start()
    const hung = cluster.owners[0] as RedisServer
    hung.pause()
    await using opened = await openCache({ cluster: cluster.urls })
    const [missed, kept] = split(cluster, hung)
    await soon(async () =>
      (await Promise.all(kept.map((key) => timed(opened.cache.get(EPOCH, key))))).every(
        ({ outcome }) => outcome === 'answered',
      ),
    )
    expect((await timed(opened.cache.get(EPOCH, missed[0] as SharedKey))).outcome).toBe('unavailable')
    hung.resume()
  })
})
