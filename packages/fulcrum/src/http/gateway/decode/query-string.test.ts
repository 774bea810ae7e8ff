import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isFulcrumError } from '../../../kernel/errors/fulcrum-error.ts'
import { parseQueryString } from './query-string.ts'

const flat = (query: string): [string, string][] =>
  Array.from(parseQueryString(query)).flatMap(([name, values]) =>
    [values].flat().map((value): [string, string] => [name, value]),
  )

describe('query strings', () => {
  it('are read as URLSearchParams writes them', () => {
    const name = fc.string({ unit: 'grapheme', maxLength: 5 }).filter((text) => text !== '__proto__')
    fc.assert(
      fc.property(fc.array(fc.tuple(name, fc.string({ unit: 'grapheme' }))), (pairs) => {
        const written = new URLSearchParams(pairs)
        const grouped = Map.groupBy(written, ([key]) => key)
        expect(parseQueryString(written.toString())).toEqual(
          new Map(
            Array.from(grouped, ([key, values]) => {
              const texts = values.map(([, value]) => value)
              return [key, texts.length === 1 ? texts[0] : texts]
            }),
          ),
        )
      }),
    )
  })

  it('are read or refused as malformed, whatever they are', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[\x21-\x7e]{0,60}$/), (query) => {
        try {
          expect(flat(query).every(([, value]) => typeof value === 'string')).toBe(true)
        } catch (error) {
          expect(isFulcrumError(error, 'FUL-2007')).toBe(true)
        }
      }),
      { numRuns: 1000 },
    )
  })

  it.each([
    ['', []],
    ['&&', []],
    ['a', [['a', '']]],
    ['a=', [['a', '']]],
    ['=b', [['', 'b']]],
    ['a=b=c', [['a', 'b=c']]],
    ['a+b=c+d', [['a b', 'c d']]],
    ['a=%2B%26', [['a', '+&']]],
    [
      'toString=1&constructor=2',
      [
        ['toString', '1'],
        ['constructor', '2'],
      ],
    ],
  ])('%j is %j', (query, expected) => expect(flat(query)).toEqual(expected))

  it.each([
    '%',
    'a=%2',
    'a=%zz',
    'a=%ff',
    'a=%c3%28',
    'a=%ed%a0%80',
    '__proto__=1',
    '__proto__',
    '%5F_proto__=1',
  ])('refuses %j', (query) => expect(() => parseQueryString(query)).toThrow(/FUL-2007 The query/))
})
