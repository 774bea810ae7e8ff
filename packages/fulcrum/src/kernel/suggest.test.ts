import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { didYouMean, editDistance, suggest } from './suggest.ts'

const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 8 })

describe('editDistance', () => {
  it.each([
    ['', '', 0],
    ['abc', 'abc', 0],
    ['cahce', 'cache', 1],
    ['kitten', 'sitting', 3],
    ['', 'abc', 3],
    ['ca', 'abc', 3],
  ])('from %j to %j is %d', (a, b, distance) => expect(editDistance(a, b)).toBe(distance))

  it('is symmetric, zero only for equal words, and at most the longer length', () => {
    fc.assert(
      fc.property(word, word, (a, b) => {
        const distance = editDistance(a, b)
        expect(distance).toBe(editDistance(b, a))
        expect(distance === 0).toBe(a === b)
        expect(distance).toBeLessThanOrEqual(Math.max(a.length, b.length))
      }),
    )
  })

  it('is 1 after any single edit', () => {
    fc.assert(
      fc.property(word, fc.nat(8), fc.constantFrom('x', 'y'), (text, at, letter) => {
        expect(editDistance(text, text.slice(0, at) + letter + text.slice(at))).toBe(1)
      }),
    )
  })
})

describe('suggest', () => {
  const fields = ['consistency', 'cache', 'latency', 'slo', 'because']

  it.each([
    ['cahce', 'cache'],
    ['Latency', 'latency'],
    ['consistancy', 'consistency'],
    ['sl', 'slo'],
    ['retries', undefined],
    ['x', undefined],
  ])('for %j is %j', (found, meant) => expect(suggest(found, fields)).toBe(meant))

  it('prefers the nearest and, among equals, the first', () => {
    expect(suggest('abcdefghi', ['abcdefgxy', 'abcdefghx', 'abcdefghy'])).toBe('abcdefghx')
  })

  it('becomes a hint', () => {
    expect(didYouMean('cahce', fields)).toBe(' Did you mean "cache"?')
    expect(didYouMean('retries', fields)).toBe('')
  })
})
