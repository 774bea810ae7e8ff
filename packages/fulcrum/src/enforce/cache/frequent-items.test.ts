import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FrequentItems } from './frequent-items.ts'

const COUNTERS = 5

function frequencies(stream: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const item of stream) counts.set(item, (counts.get(item) ?? 0) + 1)
  return counts
}

function counted(stream: readonly string[]): FrequentItems {
  const items = new FrequentItems(COUNTERS)
  for (const item of stream) items.count(item)
  return items
}

const streams = fc.array(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k'), {
  maxLength: 300,
})

describe('frequent items of a stream', () => {
  it('are bracketed by what is known of them', () => {
    fc.assert(
      fc.property(streams, (stream) => {
        const exact = frequencies(stream)
        for (const { item, atLeast, atMost } of counted(stream).items) {
          expect(atLeast).toBeLessThanOrEqual(exact.get(item) ?? 0)
          expect(atMost).toBeGreaterThanOrEqual(exact.get(item) ?? 0)
        }
      }),
    )
  })

  it('have a counter where they make up more than their part, however many others there are', () => {
    fc.assert(
      fc.property(streams, (stream) => {
        const items = counted(stream)
        const found = new Set(items.items.map(({ item }) => item))
        expect(items.total).toBe(stream.length)
        expect(found.size).toBeLessThanOrEqual(COUNTERS)
        for (const [item, count] of frequencies(stream))
          if (count > stream.length / COUNTERS) expect(found).toContain(item)
      }),
    )
  })

  it('come in the order of what is certain', () => {
    const items = counted(['a', 'a', 'a', 'a', 'b', 'b', 'b', 'c', 'c', 'd'])
    expect(items.items.map(({ item, atLeast }) => `${item}${atLeast}`)).toEqual(['a4', 'b3', 'c2', 'd1'])
  })
})
