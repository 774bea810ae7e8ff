import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Entry } from './entry.ts'
import { LocalTier } from './local-tier.ts'

const MANY = { entries: Infinity, bytes: Infinity }

const TAGGED = { isTagged: true }

function entryOf(parts: Partial<Entry> = {}): Entry {
  return {
    stored: { kind: 'value', value: 1, version: undefined },
    label: undefined,
    tags: [],
    readAt: 0,
    asOf: 0,
    refreshAt: 1,
    expiresAt: 1,
    bytes: 100,
    isFollowed: false,
    isHeld: false,
    answer: undefined,
    ...parts,
  }
}

/** What an entry without tags takes under a key of one character. */
const ONE = ((): number => {
  const tier = new LocalTier(MANY)
  tier.shelf(TAGGED).put('k', entryOf())
  return tier.bytes
})()

/** SIEVE as its paper draws it, on a list: the first is the newest. */
class Sieve {
  readonly #most: number
  #queue: { key: string; visited: boolean }[] = []
  #hand = -1

  constructor(most: number) {
    this.#most = most
  }

  get keys(): string[] {
    return this.#queue.map(({ key }) => key)
  }

  get(key: string): boolean {
    const found = this.#queue.find((slot) => slot.key === key)
    if (found !== undefined) found.visited = true
    return found !== undefined
  }

  put(key: string): void {
    this.remove(key)
    if (this.#queue.length >= this.#most) this.#evict()
    this.#queue.unshift({ key, visited: false })
    if (this.#hand >= 0) this.#hand += 1
  }

  remove(key: string): void {
    const index = this.#queue.findIndex((slot) => slot.key === key)
    if (index < 0) return
    this.#queue.splice(index, 1)
    if (index <= this.#hand) this.#hand -= 1
  }

  #evict(): void {
    let index = this.#hand >= 0 ? this.#hand : this.#queue.length - 1
    while (this.#queue[index]?.visited === true) {
      ;(this.#queue[index] as { visited: boolean }).visited = false
      index = index > 0 ? index - 1 : this.#queue.length - 1
    }
    this.#queue.splice(index, 1)
    this.#hand = index - 1
  }
}

describe('the local tier', () => {
  it('gives back what was put on a shelf, and nothing of another shelf', () => {
    const tier = new LocalTier(MANY)
    const [one, other] = [tier.shelf(TAGGED), tier.shelf(TAGGED)]
    const entry = entryOf()
    one.put('k', entry)
    expect(one.get('k')).toBe(entry)
    expect(other.get('k')).toBeUndefined()
  })

  it('evicts as SIEVE does, whatever is put, read, dropped and in which order', () => {
    const keys = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g')
    const steps = fc.array(fc.tuple(fc.constantFrom('get', 'get', 'put', 'drop'), keys), { maxLength: 80 })
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5 }), steps, (entries, all) => {
        const tier = new LocalTier({ entries, bytes: Infinity })
        const shelf = tier.shelf(TAGGED)
        const model = new Sieve(entries)
        for (const [step, key] of all) {
          if (step === 'get') expect(shelf.get(key) !== undefined).toBe(model.get(key))
          else if (step === 'put') {
            shelf.put(key, entryOf({ tags: [key.charCodeAt(0)] }))
            model.put(key)
          } else {
            tier.dropTag(key.charCodeAt(0), () => false)
            model.remove(key)
          }
          expect(tier.size).toBe(model.keys.length)
        }
        const left = model.keys
        for (const key of ['a', 'b', 'c', 'd', 'e', 'f', 'g'])
          expect(shelf.get(key) !== undefined).toBe(left.includes(key))
      }),
      { numRuns: 1_000 },
    )
  })

  it('keeps what is read again while a scan passes through', () => {
    const shelf = new LocalTier({ entries: 10, bytes: Infinity }).shelf(TAGGED)
    for (let index = 0; index < 5; index += 1) shelf.put(`hot ${index}`, entryOf())
    for (let index = 0; index < 1_000; index += 1) {
      shelf.put(`scan ${index}`, entryOf())
      if (index % 5 === 0) for (let hot = 0; hot < 5; hot += 1) shelf.get(`hot ${hot}`)
    }
    for (let index = 0; index < 5; index += 1) expect(shelf.get(`hot ${index}`)).toBeDefined()
  })

  it('never takes more entries or bytes than it may, and counts what it has', () => {
    const puts = fc.array(fc.record({ key: fc.string(), bytes: fc.nat(2_000), tags: fc.array(fc.nat(5)) }), {
      maxLength: 60,
    })
    fc.assert(
      fc.property(fc.nat(5), fc.nat(10_000), puts, (entries, bytes, all) => {
        const tier = new LocalTier({ entries, bytes })
        const shelves = [tier.shelf(TAGGED), tier.shelf(TAGGED)] as const
        for (const { key, ...parts } of all) {
          shelves[key.length % 2 === 0 ? 0 : 1].put(key, entryOf(parts))
          expect(tier.size).toBeLessThanOrEqual(entries)
          expect(tier.bytes).toBeLessThanOrEqual(bytes)
        }
        tier.clear()
        expect([tier.size, tier.bytes]).toEqual([0, 0])
      }),
    )
  })

  it('counts keys and tags, too', () => {
    const tier = new LocalTier(MANY)
    tier.shelf(TAGGED).put('k'.repeat(1_001), entryOf({ tags: [1, 2] }))
    expect(tier.bytes).toBeGreaterThan(ONE + 980 + 2 * 100)
  })

  it('does not take what is larger than all of it, and drops what it replaces', () => {
    const tier = new LocalTier({ entries: 10, bytes: 2 * ONE })
    const shelf = tier.shelf(TAGGED)
    shelf.put('k', entryOf())
    shelf.put('o', entryOf())
    shelf.put('k', entryOf({ bytes: 10 * ONE }))
    expect(shelf.get('k')).toBeUndefined()
    expect(shelf.get('o')).toBeDefined()
  })

  it('drops by tag what is not spared, on all shelves', () => {
    const tier = new LocalTier(MANY)
    const [one, other] = [tier.shelf(TAGGED), tier.shelf(TAGGED)]
    one.put('a', entryOf({ tags: [1, 2] }))
    one.put('b', entryOf({ tags: [2] }))
    other.put('a', entryOf({ tags: [1, 1], asOf: 7 }))
    tier.dropTag(1, ({ asOf }) => asOf === 7)
    expect([one.get('a'), one.get('b')?.tags, other.get('a')?.asOf]).toEqual([undefined, [2], 7])
    tier.dropTag(2, () => false)
    tier.dropTag(2, () => false)
    expect(tier.size).toBe(1)
  })

  it('does not drop by tag where tags end nothing', () => {
    const tier = new LocalTier(MANY)
    const shelf = tier.shelf({ isTagged: false })
    shelf.put('a', entryOf({ tags: [1] }))
    tier.dropTag(1, () => false)
    expect(shelf.get('a')).toBeDefined()
  })

  it('says of an entry whether it is held, however it went', () => {
    const tier = new LocalTier({ entries: 2, bytes: Infinity })
    const shelf = tier.shelf(TAGGED)
    const all = [1, 2, 3, 4, 5].map((tag) => entryOf({ tags: [tag] }))
    const [replaced, evicted, dropped, cleared, kept] = all as [Entry, Entry, Entry, Entry, Entry]
    shelf.put('a', replaced)
    shelf.put('a', evicted)
    shelf.put('b', dropped)
    shelf.put('c', cleared)
    expect(all.map(({ isHeld }) => isHeld)).toEqual([false, false, true, true, false])
    tier.dropTag(3, () => false)
    expect(dropped.isHeld).toBe(false)
    shelf.clear()
    expect(cleared.isHeld).toBe(false)
    shelf.put('d', kept)
    tier.clear()
    expect([kept.isHeld, tier.size]).toEqual([false, 0])
  })
})
