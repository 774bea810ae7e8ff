import { expect, it } from 'vitest'
import { NEW_TOKEN, wrote } from '../../consistency/token.ts'
import { createVirtualClock } from '../../kernel/clock-virtual.ts'
import { createSeededRandom } from '../../kernel/random-seeded.ts'
import { Caches } from './caches.ts'
import type { Entry } from './entry.ts'
import { Judge } from './judge.ts'
import { LOCAL_BOUNDS } from './local-tier.ts'

const epoch = '7/1'
const tag = 1
const token = wrote(NEW_TOKEN, [tag], { epoch, lsn: 100, id: 5 })

function entryAt(lo: number): Entry {
  return {
    stored: { kind: 'value', value: 'old', version: undefined },
    label: { epoch, source: 'primary', lo, hi: lo, snapshot: undefined, rx: 0, fill: 9, sees: [] },
    tags: [tag],
    readAt: 0,
    asOf: 0,
    refreshAt: 1_000,
    expiresAt: 1_000,
    bytes: 100,
    isFollowed: true,
    isHeld: false,
    answer: undefined,
  }
}

function world(): { readonly caches: Caches; readonly judge: Judge } {
  const clock = createVirtualClock()
  const random = createSeededRandom(1)
  const caches = new Caches({ local: LOCAL_BOUNDS, shared: undefined, freshness: undefined, clock, random })
  caches.reached({ lsn: 200, asOf: 500 })
  const bounds = { staleness: 50, inPartition: 50 }
  return { caches, judge: new Judge(caches, { level: 'read-your-writes', bounds }) }
}

it('lets the watermark speak for an entry that is held', () => {
  const { caches, judge } = world()
  const entry = entryAt(90)
  caches.local.shelf({ isTagged: true }).put('key', entry)
  expect(judge.isForSession(entry, { token })).toBe(true)
  expect(judge.isWithinBound(entry, 540)).toBe(true)
})

it('does not let it speak for an entry that a change has dropped while a call still held it', () => {
  const { caches, judge } = world()
  const entry = entryAt(90)
  caches.local.shelf({ isTagged: true }).put('key', entry)
  caches.local.dropTag(tag, () => false)
  expect(judge.isForSession(entry, { token })).toBe(false)
  expect(judge.isWithinBound(entry, 540)).toBe(false)
})

it('does not let it speak for what was flushed, replaced or never kept', () => {
  const { caches, judge } = world()
  const shelf = caches.local.shelf({ isTagged: true })
  const [flushed, replaced, never] = [entryAt(90), entryAt(90), entryAt(90)]
  shelf.put('flushed', flushed)
  caches.local.clear()
  shelf.put('key', replaced)
  shelf.put('key', entryAt(95))
  for (const entry of [flushed, replaced, never]) expect(judge.isForSession(entry, { token })).toBe(false)
})
