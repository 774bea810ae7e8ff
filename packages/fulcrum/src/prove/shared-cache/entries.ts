import assert from 'node:assert/strict'
import { BODY, type ConformanceCase, EPOCH, fillOf, freshKey, freshTag, LATER } from './case.ts'

/** What is kept, for how long, and what is kept of two. */
export const ENTRIES: readonly ConformanceCase[] = [
  {
    name: 'gives back the bytes, to every instance, with what is left of their time',
    run: async ({ one, other }) => {
      const key = freshKey()
      assert.equal(await one.fill(EPOCH, key, fillOf()), 'stored')
      const found = await other.get(EPOCH, key)
      assert.deepEqual(Uint8Array.from(found.body ?? []), BODY)
      assert.ok(found.remaining > 50_000 && found.remaining <= 60_000, `remaining is ${found.remaining}`)
    },
  },
  {
    name: 'gives back bytes of any length, none and a megabyte among them',
    run: async ({ one, other }) => {
      for (const length of [0, 1, 2 ** 20]) {
        const key = freshKey([freshTag()])
        const body = Uint8Array.from({ length }, (_, index) => index * 7)
        await one.fill(EPOCH, key, fillOf({ body }))
        assert.deepEqual(Uint8Array.from((await other.get(EPOCH, key)).body ?? [1]), body)
      }
    },
  },
  {
    name: 'keeps only the bytes that it was given, of a view into more',
    run: async ({ one, other }) => {
      const key = freshKey()
      await one.fill(EPOCH, key, fillOf({ body: new Uint8Array([1, 2, 3, 4, 5]).subarray(1, 3) }))
      assert.deepEqual(Uint8Array.from((await other.get(EPOCH, key)).body ?? []), new Uint8Array([2, 3]))
    },
  },
  {
    name: 'finds nothing under another key, or in another epoch',
    run: async ({ one }) => {
      const key = freshKey()
      await one.fill(EPOCH, key, fillOf())
      const nothing = { body: undefined, remaining: 0, tombstones: [], stamp: 0 }
      assert.deepEqual(await one.get(EPOCH, freshKey()), nothing)
      assert.deepEqual(await one.get(LATER, key), nothing)
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
      assert.equal(await one.fill(EPOCH, key, fillOf({ lo: 199, body: new Uint8Array([9]) })), 'kept')
      assert.deepEqual(Uint8Array.from((await one.get(EPOCH, key)).body ?? []), BODY)
      assert.equal(await one.fill(EPOCH, key, fillOf({ lo: 200 })), 'stored')
      assert.equal(await one.fill(EPOCH, key, fillOf({ lo: 201, source: 'replica' })), 'stored')
    },
  },
  {
    name: 'compares positions exactly, up to the largest',
    run: async ({ one }) => {
      const key = freshKey()
      const most = Number.MAX_SAFE_INTEGER
      await one.fill(EPOCH, key, fillOf({ lo: most }))
      assert.equal(await one.fill(EPOCH, key, fillOf({ lo: most - 1 })), 'kept')
      assert.equal(await one.fill(EPOCH, key, fillOf({ lo: most })), 'stored')
    },
  },
  {
    name: 'tells fills of one key apart',
    run: async ({ one, other }) => {
      const key = freshKey()
      await one.fill(EPOCH, key, fillOf())
      const { stamp } = await one.get(EPOCH, key)
      assert.notEqual(stamp, 0)
      assert.equal((await other.get(EPOCH, key)).stamp, stamp)
      await one.fill(EPOCH, key, fillOf())
      assert.notEqual((await one.get(EPOCH, key)).stamp, stamp)
    },
  },
]
