import assert from 'node:assert/strict'
import type { BusMessage, SharedKey } from '../../ports/shared-cache.ts'
import { type ConformanceCase, EPOCH, fillOf, freshKey, freshTag, LATER, leaseIn, listen } from './case.ts'

const LONG = { ttl: 5_000, stamp: 0 }

function isToldOf(key: SharedKey): (message: BusMessage) => boolean {
  return (message) => message.kind === 'filled' && message.id === key.id
}

/** Who fills, and who waits for that. */
export const LEASES: readonly ConformanceCase[] = [
  {
    name: 'gives the right to fill to one, until it is over',
    run: async ({ one, other, pass }) => {
      const key = freshKey()
      const lease = leaseIn(await one.lease(EPOCH, key, { ttl: 40, stamp: 0 }))
      assert.equal(await other.lease(EPOCH, key, { ttl: 40, stamp: 0 }), 'held')
      await pass(80)
      const next = leaseIn(await other.lease(EPOCH, key, LONG))
      assert.ok(next.fence > lease.fence, 'a later lease has a greater fence')
      assert.equal(await one.renew(EPOCH, key, { ...lease, ttl: 1_000 }), false)
      assert.equal(await other.renew(EPOCH, key, { ...next, ttl: 1_000 }), true)
    },
  },
  {
    name: 'gives it to exactly one of many who ask at once',
    run: async ({ one, other }) => {
      const key = freshKey([freshTag()])
      const asked = Array.from({ length: 100 }, (_, index) =>
        (index % 2 === 0 ? one : other).lease(EPOCH, key, LONG),
      )
      const answers = await Promise.all(asked)
      assert.equal(answers.filter((answer) => answer !== 'held').length, 1)
    },
  },
  {
    name: 'prolongs the right of who has it, for as long as that asks',
    run: async ({ one, other, pass }) => {
      const key = freshKey()
      const lease = leaseIn(await one.lease(EPOCH, key, { ttl: 200, stamp: 0 }))
      assert.equal(await one.renew(EPOCH, key, { ...lease, ttl: 5_000 }), true)
      await pass(300)
      assert.equal(await other.lease(EPOCH, key, LONG), 'held')
    },
  },
  {
    name: 'gives it for each key and each epoch by itself',
    run: async ({ one, other }) => {
      const tag = freshTag()
      const key = freshKey([tag])
      leaseIn(await one.lease(EPOCH, key, LONG))
      leaseIn(await other.lease(EPOCH, freshKey([tag]), LONG))
      leaseIn(await other.lease(LATER, key, LONG))
    },
  },
  {
    name: 'ends a lease with the fill, and tells those who wait',
    run: async ({ one, other, until }) => {
      const heard = listen(other)
      const key = freshKey()
      const lease = leaseIn(await one.lease(EPOCH, key, LONG))
      assert.equal(await other.lease(EPOCH, key, LONG), 'held')
      await one.fill(EPOCH, key, fillOf({ lease }))
      await until(() => heard.some(isToldOf(key)))
      const { stamp } = await other.get(EPOCH, key)
      leaseIn(await other.lease(EPOCH, key, { ttl: 1_000, stamp }))
    },
  },
  {
    name: 'ends a lease also with a fill that is outdated, and tells those who wait',
    run: async ({ one, other, until }) => {
      const heard = listen(other)
      const tag = freshTag()
      const key = freshKey([tag])
      const lease = leaseIn(await one.lease(EPOCH, key, LONG))
      await other.lease(EPOCH, key, LONG)
      await other.changed(EPOCH, { tags: [tag], tombstone: { min: 200, writeId: 5 }, ttl: 60_000 })
      assert.equal(await one.fill(EPOCH, key, fillOf({ lo: 200, lease })), 'outdated')
      await until(() => heard.some(isToldOf(key)))
      leaseIn(await other.lease(EPOCH, key, LONG))
    },
  },
  {
    name: 'ends a lease that is given up, and tells those who wait',
    run: async ({ one, other, until }) => {
      const heard = listen(other)
      const key = freshKey()
      const lease = leaseIn(await one.lease(EPOCH, key, LONG))
      await other.lease(EPOCH, key, LONG)
      await one.release(EPOCH, key, lease)
      await until(() => heard.some(isToldOf(key)))
      leaseIn(await other.lease(EPOCH, key, LONG))
    },
  },
  {
    name: 'tells of a fill once, and only where somebody waits',
    run: async ({ one, other, until }) => {
      const heard = listen(other)
      const [alone, awaited] = [freshKey(), freshKey()]
      const lease = leaseIn(await one.lease(EPOCH, alone, LONG))
      await one.fill(EPOCH, alone, fillOf({ lease }))
      const second = leaseIn(await one.lease(EPOCH, awaited, LONG))
      await other.lease(EPOCH, awaited, LONG)
      await one.fill(EPOCH, awaited, fillOf({ lease: second }))
      await one.fill(EPOCH, awaited, fillOf())
      await one.changed(EPOCH, { tags: [freshTag()], tombstone: { min: 1, writeId: 1 }, ttl: 1_000 })
      await until(() => heard.some(({ kind }) => kind === 'changed'))
      assert.deepEqual(
        heard.filter(({ kind }) => kind === 'filled'),
        [{ kind: 'filled', id: awaited.id }],
      )
    },
  },
  {
    name: 'lets a late owner neither end nor prolong the lease of another',
    run: async ({ one, other, pass }) => {
      const tag = freshTag()
      const key = freshKey([tag])
      const late = leaseIn(await one.lease(EPOCH, key, { ttl: 30, stamp: 0 }))
      await pass(60)
      const lease = leaseIn(await other.lease(EPOCH, key, LONG))
      await other.changed(EPOCH, { tags: [tag], tombstone: { min: 200, writeId: 5 }, ttl: 60_000 })
      await one.fill(EPOCH, key, fillOf({ lo: 100, lease: late }))
      await one.release(EPOCH, key, late)
      assert.equal(await one.renew(EPOCH, key, { ...late, ttl: 5_000 }), false)
      assert.equal(await other.renew(EPOCH, key, { ...lease, ttl: 5_000 }), true)
    },
  },
  {
    name: 'says to who looked before a fill and asks after it that there is something now',
    run: async ({ one, other }) => {
      const key = freshKey([freshTag()])
      const before = await other.get(EPOCH, key)
      const lease = leaseIn(await one.lease(EPOCH, key, LONG))
      await one.fill(EPOCH, key, fillOf({ lease }))
      assert.equal(await other.lease(EPOCH, key, { ttl: 1_000, stamp: before.stamp }), 'filled')
      const { stamp } = await other.get(EPOCH, key)
      leaseIn(await other.lease(EPOCH, key, { ttl: 1_000, stamp }))
    },
  },
  {
    name: 'gives the right to fill where what was found is gone',
    run: async ({ one, other, pass }) => {
      const key = freshKey()
      await one.fill(EPOCH, key, fillOf({ ttl: 30 }))
      const { stamp } = await other.get(EPOCH, key)
      await pass(60)
      leaseIn(await other.lease(EPOCH, key, { ttl: 1_000, stamp }))
    },
  },
]
