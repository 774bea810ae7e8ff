import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { entityTag, isEntityTagList, matchesEntityTag } from './entity-tag.ts'

describe('entity tags', () => {
  it('matches every version against its own tag, and no other', () => {
    const version = fc.string({ unit: 'grapheme', maxLength: 20 })
    fc.assert(
      fc.property(version, version, (current, other) => {
        expect(isEntityTagList(entityTag(current))).toBe(true)
        expect(matchesEntityTag(entityTag(current), current)).toBe(true)
        expect(matchesEntityTag(entityTag(current), other)).toBe(other === current)
      }),
    )
  })

  it.each([
    ['"7"', 7, true],
    ['"6", "7"', 7, true],
    ['*', 'anything', true],
    [' * ', 1, true],
    ['"8"', 7, false],
    ['W/"7"', 7, false],
    ['"77"', 7, false],
  ])('If-Match: %s against %s is %s', (header, version, expected) => {
    expect(matchesEntityTag(header, version)).toBe(expected)
  })

  it.each(['', '7', '"7', '"7" "8"', '"7",', '*, "7"', 'w/"7"'])('%s is no list of entity tags', (header) => {
    expect(isEntityTagList(header)).toBe(false)
  })
})
