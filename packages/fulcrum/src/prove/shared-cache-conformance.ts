import assert from 'node:assert/strict'
import type { BusMessage, SharedCache, SharedFill, SharedKey } from '../ports/shared-cache.ts'

/** What the suite needs of an adapter: two instances on one cache, and a way to let time pass. */
export interface SharedCacheUnderTest {
  readonly one: SharedCache
  readonly other: SharedCache
  /** Lets `ms` milliseconds pass, on the cache's clock. */
  readonly pass: (ms: number) => Promise<void>
  /** Resolves as soon as the condition holds; rejects when it does not come to hold. */
  readonly until: (condition: () => boolean) => Promise<void>
}

/** One thing that every adapter does. */
export interface ConformanceCase {
  readonly name: string
  readonly run: (cache: SharedCacheUnderTest) => Promise<void>
}

const EPOCH = '7000000000000000001/1'
const LATER = '7000000000000000001/2'
const body = new Uint8Array([0, 255, 13, 10, 7])
let keys = 0

function freshKey(tags: readonly number[] = []): SharedKey {
  keys += 1
  return { id: `conformance.query:${keys}:{"ü":1}`, tags }
}

function freshTag(): number {
  keys += 1
  return 2 ** 52 + keys
}

function fillOf(parts: Partial<SharedFill> = {}): SharedFill {
  return { body, source: 'primary', lo: 100, sees: [], ttl: 60_000, ...parts }
}

/**
 * What a `SharedCache` has to do, for the tests of an adapter, whatever runs them:
 *
 * ```ts
 * for (const { name, run } of SHARED_CACHE_CONFORMANCE) it(name, () => run(cacheUnderTest))
 * ```
 */
export const SHARED_CACHE_CONFORMANCE: readonly ConformanceCase[] = [
  {
    name: 'gives back the bytes, to every instance, with what is left of their time',
    run: async ({ one, other }) => {
      const key = freshKey()
      assert.equal(await one.fill(EPOCH, key, fillOf()), 'stored')
      const found = await other.get(EPOCH, key)
      assert.deepEqual(Uint8Array.from(found.body ?? []), body)
      assert.ok(found.remaining > 50_000 && found.remaining <= 60_000, `remaining is ${found.remaining}`)
    },
  },
  {
    name: 'finds nothing under another key, or in another epoch',
    run: async ({ one }) => {
      const key = freshKey()
      await one.fill(EPOCH, key, fillOf())
      assert.equal((await one.get(EPOCH, freshKey())).body, undefined)
      assert.equal((await one.get(LATER, key)).body, undefined)
    },
  },
  {
    name: 'forgets an entry after its time',
    run: async ({ one, pass }) => {
      const key = freshKey()
      await one.fill(EPOCH, key, fillOf({ ttl: 30 }))
      await pass(60)
      const found = await one.get(EPOCH, key)
      assert.deepEqual([found.body, found.remaining], [undefined, 0])
    },
  },
  {
    name: 'keeps what is known to contain more',
    run: async ({ one }) => {
      const key = freshKey()
      await one.fill(EPOCH, key, fillOf({ lo: 200 }))
      assert.equal(await one.fill(EPOCH, key, fillOf({ lo: 199 })), 'kept')
      assert.equal(await one.fill(EPOCH, key, fillOf({ lo: 200 })), 'stored')
    },
  },
  {
    name: 'compares positions exactly, up to the largest',
    run: async ({ one }) => {
      const key = freshKey()
      const most = Number.MAX_SAFE_INTEGER
      await one.fill(EPOCH, key, fillOf({ lo: most }))
      assert.equal(await one.fill(EPOCH, key, fillOf({ lo: most - 1 })), 'kept')
    },
  },
  {
    name: 'refuses what lacks a change: on a primary at its very position, too',
    run: async ({ one }) => {
      const tag = freshTag()
      const key = freshKey([tag])
      await one.changed(EPOCH, { tags: [tag], tombstone: { min: 100, writeId: 5 }, ttl: 60_000 })
      assert.equal(await one.fill(EPOCH, key, fillOf({ lo: 100 })), 'outdated')
      assert.equal(await one.fill(EPOCH, key, fillOf({ lo: 99, source: 'replica' })), 'outdated')
      assert.equal((await one.get(EPOCH, key)).body, undefined)
      assert.equal(await one.fill(EPOCH, key, fillOf({ lo: 100, source: 'replica' })), 'stored')
      assert.equal(await one.fill(EPOCH, key, fillOf({ lo: 101 })), 'stored')
    },
  },
  {
    name: 'takes what was read on behalf of the change',
    run: async ({ one }) => {
      const tag = freshTag()
      const key = freshKey([tag])
      await one.changed(EPOCH, { tags: [tag], tombstone: { min: 100, writeId: 5 }, ttl: 60_000 })
      assert.equal(await one.fill(EPOCH, key, fillOf({ lo: 100, sees: [4, 6] })), 'outdated')
      assert.equal(await one.fill(EPOCH, key, fillOf({ lo: 100, sees: [4, 5] })), 'stored')
    },
  },
  {
    name: 'looks at the tombstones of all tags',
    run: async ({ one }) => {
      const tags = [freshTag(), freshTag()]
      await one.changed(EPOCH, { tags: tags.slice(1), tombstone: { min: 100, writeId: 5 }, ttl: 60_000 })
      assert.equal(await one.fill(EPOCH, freshKey(tags), fillOf({ lo: 100 })), 'outdated')
    },
  },
  {
    name: 'tells of tombstones, with and without an entry',
    run: async ({ one, other }) => {
      const tag = freshTag()
      const key = freshKey([tag, freshTag()])
      await one.fill(EPOCH, key, fillOf())
      const tombstone = { min: 120, writeId: 2 ** 52 + 1 }
      await one.changed(EPOCH, { tags: [tag], tombstone: tombstone, ttl: 60_000 })
      assert.deepEqual((await other.get(EPOCH, key)).tombstones, [tombstone])
      await one.remove(EPOCH, [key])
      const found = await other.get(EPOCH, key)
      assert.deepEqual([found.body, found.tombstones], [undefined, [tombstone]])
    },
  },
  {
    name: 'keeps the latest change of a tag; of two at one position neither id speaks for both',
    run: async ({ one }) => {
      const tag = freshTag()
      const key = freshKey([tag])
      await one.changed(EPOCH, { tags: [tag], tombstone: { min: 100, writeId: 5 }, ttl: 60_000 })
      await one.changed(EPOCH, { tags: [tag], tombstone: { min: 99, writeId: 6 }, ttl: 60_000 })
      assert.deepEqual((await one.get(EPOCH, key)).tombstones, [{ min: 100, writeId: 5 }])
      await one.changed(EPOCH, { tags: [tag], tombstone: { min: 100, writeId: 7 }, ttl: 60_000 })
      assert.deepEqual((await one.get(EPOCH, key)).tombstones, [{ min: 100, writeId: 0 }])
      assert.equal(await one.fill(EPOCH, key, fillOf({ lo: 100, sees: [0, 5, 7] })), 'outdated')
    },
  },
  {
    name: 'forgets tombstones after their time',
    run: async ({ one, pass }) => {
      const tag = freshTag()
      await one.changed(EPOCH, { tags: [tag], tombstone: { min: 100, writeId: 5 }, ttl: 30 })
      await pass(60)
      assert.deepEqual((await one.get(EPOCH, freshKey([tag]))).tombstones, [])
    },
  },
  {
    name: 'reads many in their order',
    run: async ({ one }) => {
      const [first, missing, last] = [freshKey(), freshKey(), freshKey([freshTag()])]
      await one.fill(EPOCH, first, fillOf({ body: new Uint8Array([1]) }))
      await one.fill(EPOCH, last, fillOf({ body: new Uint8Array([3]) }))
      const found = await one.getMany(EPOCH, [first, missing, last])
      assert.deepEqual(
        found.map(({ body: bytes }) => bytes?.[0]),
        [1, undefined, 3],
      )
    },
  },
  {
    name: 'gives the right to fill to one, until it is over',
    run: async ({ one, other, pass }) => {
      const key = freshKey()
      const lease = await one.lease(EPOCH, key, 40)
      assert.ok(lease !== undefined)
      assert.equal(await other.lease(EPOCH, key, 40), undefined)
      await pass(80)
      const next = await other.lease(EPOCH, key, 1_000)
      assert.ok(next !== undefined && next.fence > lease.fence, 'a later lease has a greater fence')
      assert.equal(await one.renew(EPOCH, key, { ...lease, ttl: 1_000 }), false)
      assert.equal(await other.renew(EPOCH, key, { ...next, ttl: 1_000 }), true)
    },
  },
  {
    name: 'ends a lease with the fill, and tells those who wait',
    run: async ({ one, other, until }) => {
      const heard = listen(other)
      const key = freshKey()
      const lease = await one.lease(EPOCH, key, 5_000)
      assert.equal(await other.lease(EPOCH, key, 5_000), undefined)
      await one.fill(EPOCH, key, fillOf({ lease }))
      await until(() => heard.some((message) => message.kind === 'filled' && message.id === key.id))
      assert.ok((await other.lease(EPOCH, key, 1_000)) !== undefined)
    },
  },
  {
    name: 'ends a lease that is given up, and tells those who wait',
    run: async ({ one, other, until }) => {
      const heard = listen(other)
      const key = freshKey()
      const lease = await one.lease(EPOCH, key, 5_000)
      await other.lease(EPOCH, key, 5_000)
      assert.ok(lease !== undefined)
      await one.release(EPOCH, key, lease)
      await until(() => heard.some((message) => message.kind === 'filled' && message.id === key.id))
    },
  },
  {
    name: 'lets a late owner neither end nor prolong the lease of another',
    run: async ({ one, other, pass }) => {
      const key = freshKey()
      const late = await one.lease(EPOCH, key, 30)
      await pass(60)
      const lease = await other.lease(EPOCH, key, 5_000)
      assert.ok(late !== undefined && lease !== undefined)
      await one.fill(EPOCH, key, fillOf({ lease: late }))
      await one.release(EPOCH, key, late)
      assert.equal(await other.renew(EPOCH, key, { ...lease, ttl: 5_000 }), true)
    },
  },
  {
    name: 'tells all instances of changes',
    run: async ({ one, other, until }) => {
      const heard = listen(other)
      const tags = [freshTag(), freshTag()]
      const message: BusMessage = { kind: 'changed', epoch: EPOCH, tags, tombstone: { min: 7, writeId: 8 } }
      await one.changed(EPOCH, { tags: tags, tombstone: message.tombstone, ttl: 1_000 })
      await until(() => heard.some((found) => found.kind === 'changed' && found.tags[0] === tags[0]))
      assert.deepEqual(
        heard.find((found) => found.kind === 'changed' && found.tags[0] === tags[0]),
        message,
      )
    },
  },
  {
    name: 'counts the versions of operations, and tells of a new one',
    run: async ({ one, other, until }) => {
      const heard = listen(other)
      const operation = `conformance.${(keys += 1)}.${Math.abs(freshTag() % 1e6)}`
      const first = await one.version(operation)
      assert.equal(await other.version(operation), first)
      const version = await one.bump(operation)
      assert.ok(Number.isSafeInteger(version) && version > first, `${version} follows ${first}`)
      assert.equal(await other.version(operation), version)
      await until(() => heard.some((found) => found.kind === 'bumped' && found.operation === operation))
      assert.deepEqual(
        heard.find((found) => found.kind === 'bumped' && found.operation === operation),
        { kind: 'bumped', operation, version },
      )
    },
  },
]

function listen(cache: SharedCache): BusMessage[] {
  const heard: BusMessage[] = []
  cache.listen({ message: (message) => heard.push(message), gap: () => {} })
  return heard
}
