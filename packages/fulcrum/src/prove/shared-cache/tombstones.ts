import assert from 'node:assert/strict'
import { type ConformanceCase, EPOCH, fillOf, freshKey, freshTag, LATER } from './case.ts'

const TTL = 60_000

/** What is remembered of changes, and what that keeps out. */
export const TOMBSTONES: readonly ConformanceCase[] = [
  {
    name: 'refuses what lacks a change: on a primary at its very position, too',
    run: async ({ one }) => {
      const tag = freshTag()
      const key = freshKey([tag])
      await one.changed(EPOCH, { tags: [tag], tombstone: { min: 100, writeId: 5 }, ttl: TTL })
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
      const writeId = Number.MAX_SAFE_INTEGER - 2
      await one.changed(EPOCH, { tags: [tag], tombstone: { min: 100, writeId }, ttl: TTL })
      const outcomes = [
        await one.fill(EPOCH, key, fillOf({ lo: 100, sees: [writeId - 1, writeId + 1] })),
        await one.fill(EPOCH, key, fillOf({ lo: 100, sees: [4, writeId] })),
      ]
      assert.deepEqual(outcomes, ['outdated', 'stored'])
    },
  },
  {
    name: 'looks at the tombstones of all tags',
    run: async ({ one }) => {
      const tags = [freshTag(), freshTag(), freshTag()]
      await one.changed(EPOCH, { tags: tags.slice(2), tombstone: { min: 100, writeId: 5 }, ttl: TTL })
      assert.equal(await one.fill(EPOCH, freshKey(tags), fillOf({ lo: 100 })), 'outdated')
      assert.equal(await one.fill(EPOCH, freshKey(tags.slice(0, 2)), fillOf({ lo: 100 })), 'stored')
    },
  },
  {
    name: 'remembers a change of many tags at once',
    run: async ({ one }) => {
      const tags = Array.from({ length: 50 }, freshTag)
      const tombstone = { min: 100, writeId: 5 }
      await one.changed(EPOCH, { tags, tombstone, ttl: TTL })
      const found = await Promise.all(tags.map((tag) => one.get(EPOCH, freshKey([tag]))))
      assert.ok(found.every(({ tombstones }) => tombstones[0]?.min === 100))
    },
  },
  {
    name: 'tells of tombstones, with and without an entry',
    run: async ({ one, other }) => {
      const tag = freshTag()
      const tags = [freshTag(), tag]
      const key = freshKey(tags)
      await one.fill(EPOCH, key, fillOf())
      const tombstone = { min: 120, writeId: 2 ** 52 + 1 }
      await one.changed(EPOCH, { tags: [tag], tombstone, ttl: TTL })
      const found = await other.get(EPOCH, key)
      assert.deepEqual([found.body !== undefined, found.tombstones], [true, [tombstone]])
      const left = await other.get(EPOCH, freshKey(tags))
      assert.deepEqual([left.body, left.tombstones], [undefined, [tombstone]])
    },
  },
  {
    name: 'keeps the latest change of a tag; of two at one position neither id speaks for both',
    run: async ({ one }) => {
      const tag = freshTag()
      const key = freshKey([tag])
      const changed = (min: number, writeId: number): Promise<void> =>
        one.changed(EPOCH, { tags: [tag], tombstone: { min, writeId }, ttl: TTL })
      await changed(100, 5)
      await changed(99, 6)
      await changed(100, 5)
      assert.deepEqual((await one.get(EPOCH, key)).tombstones, [{ min: 100, writeId: 5 }])
      await changed(100, 7)
      assert.deepEqual((await one.get(EPOCH, key)).tombstones, [{ min: 100, writeId: 0 }])
      assert.equal(await one.fill(EPOCH, key, fillOf({ lo: 100, sees: [0, 5, 7] })), 'outdated')
      await changed(101, 8)
      assert.deepEqual((await one.get(EPOCH, key)).tombstones, [{ min: 101, writeId: 8 }])
    },
  },
  {
    name: 'judges a change without a position by its id only, wherever and however late a value was read',
    run: async ({ one }) => {
      const tag = freshTag()
      const key = freshKey([tag])
      const writeId = Number.MAX_SAFE_INTEGER - 2
      await one.changed(EPOCH, { tags: [tag], tombstone: { min: 0, writeId }, ttl: TTL })
      const outcomes = [
        await one.fill(EPOCH, key, fillOf({ lo: Number.MAX_SAFE_INTEGER })),
        await one.fill(EPOCH, key, fillOf({ source: 'replica', sees: [0, writeId - 1] })),
        await one.fill(EPOCH, key, fillOf({ lo: 0, sees: [writeId] })),
        await one.fill(EPOCH, key, fillOf({ source: 'replica', sees: [4, writeId] })),
      ]
      assert.deepEqual(outcomes, ['outdated', 'outdated', 'stored', 'stored'])
    },
  },
  {
    name: 'remembers changes without a position one by one, beside the latest with one',
    run: async ({ one, other }) => {
      const tag = freshTag()
      const key = freshKey([tag])
      const changed = (min: number, writeId: number): Promise<void> =>
        one.changed(EPOCH, { tags: [tag], tombstone: { min, writeId }, ttl: TTL })
      for (const [min, writeId] of [
        [0, 5],
        [100, 6],
        [0, 2 ** 52 + 1],
        [0, 7],
        [99, 8],
        [0, 5],
      ] as const)
        await changed(min, writeId)
      const { tombstones } = await other.get(EPOCH, key)
      assert.deepEqual(tombstones, [
        { min: 100, writeId: 6 },
        { min: 0, writeId: 2 ** 52 + 1 },
        { min: 0, writeId: 7 },
        { min: 0, writeId: 5 },
      ])
      const outcomes = [
        await one.fill(EPOCH, key, fillOf({ lo: 101, sees: [5, 7] })),
        await one.fill(EPOCH, key, fillOf({ lo: 100, sees: [5, 7, 2 ** 52 + 1] })),
        await one.fill(EPOCH, key, fillOf({ lo: 100, sees: [5, 6, 7, 2 ** 52 + 1] })),
        await one.fill(EPOCH, key, fillOf({ lo: 101, sees: [5, 7, 2 ** 52 + 1] })),
      ]
      assert.deepEqual(outcomes, ['outdated', 'outdated', 'stored', 'stored'])
    },
  },
  {
    name: 'remembers the latest of many changes without a position',
    run: async ({ one }) => {
      const tag = freshTag()
      const key = freshKey([tag])
      for (let writeId = 1; writeId <= 20; writeId += 1)
        await one.changed(EPOCH, { tags: [tag], tombstone: { min: 0, writeId }, ttl: TTL })
      const ids = (await one.get(EPOCH, key)).tombstones.map((tombstone) => tombstone.writeId)
      assert.deepEqual(ids, [13, 14, 15, 16, 17, 18, 19, 20])
      assert.equal(await one.fill(EPOCH, key, fillOf({ sees: ids.slice(1) })), 'outdated')
      assert.equal(await one.fill(EPOCH, key, fillOf({ sees: ids })), 'stored')
    },
  },
  {
    name: 'compares their positions exactly, up to the largest',
    run: async ({ one }) => {
      const tag = freshTag()
      const most = Number.MAX_SAFE_INTEGER
      await one.changed(EPOCH, { tags: [tag], tombstone: { min: most - 1, writeId: 5 }, ttl: TTL })
      await one.changed(EPOCH, { tags: [tag], tombstone: { min: most - 2, writeId: 6 }, ttl: TTL })
      assert.deepEqual((await one.get(EPOCH, freshKey([tag]))).tombstones, [{ min: most - 1, writeId: 5 }])
      assert.equal(await one.fill(EPOCH, freshKey([tag]), fillOf({ lo: most - 1 })), 'outdated')
      assert.equal(await one.fill(EPOCH, freshKey([tag]), fillOf({ lo: most })), 'stored')
    },
  },
  {
    name: 'forgets tombstones after their time; each change is remembered for its own',
    run: async ({ one, pass }) => {
      const [brief, prolonged] = [freshTag(), freshTag()]
      const tombstone = { min: 100, writeId: 5 }
      await one.changed(EPOCH, { tags: [brief, prolonged], tombstone, ttl: 30 })
      await one.changed(EPOCH, { tags: [prolonged], tombstone: { min: 99, writeId: 6 }, ttl: TTL })
      await pass(60)
      assert.deepEqual((await one.get(EPOCH, freshKey([brief]))).tombstones, [])
      assert.deepEqual((await one.get(EPOCH, freshKey([prolonged]))).tombstones, [tombstone])
    },
  },
  {
    name: 'keeps epochs apart: a position of one says nothing in another',
    run: async ({ one }) => {
      const tag = freshTag()
      const key = freshKey([tag])
      await one.changed(EPOCH, { tags: [tag], tombstone: { min: 100, writeId: 5 }, ttl: TTL })
      assert.deepEqual((await one.get(LATER, key)).tombstones, [])
      assert.equal(await one.fill(LATER, key, fillOf({ lo: 1 })), 'stored')
    },
  },
]
