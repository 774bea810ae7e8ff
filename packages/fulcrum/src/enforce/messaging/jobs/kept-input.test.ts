import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { keptInput } from './kept-input.ts'

describe('an input that is kept', () => {
  it('is what JSON makes of it', () => {
    expect(keptInput(undefined, 'm.work')).toBeUndefined()
    expect(keptInput({ at: new Date(0), none: undefined }, 'm.work')).toEqual({
      at: '1970-01-01T00:00:00.000Z',
    })
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        fc.pre(!JSON.stringify(value).includes(String.raw`\u0000`))
        expect(keptInput(value, 'm.work')).toEqual(JSON.parse(JSON.stringify(value)))
      }),
    )
  })

  it.each([
    ['a function', () => {}],
    ['a bigint', 1n],
    ['the character that jsonb does not hold', { text: 'a\0b' }],
    ['the same in a name', { 'a\0b': 1 }],
  ])('is refused where it is %s', (_, input) => {
    expect(() => keptInput(input, 'm.work')).toThrow('cannot be kept as JSON')
  })

  it('may speak of that character', () => {
    expect(keptInput(String.raw`\u0000`, 'm.work')).toBe(String.raw`\u0000`)
  })
})
