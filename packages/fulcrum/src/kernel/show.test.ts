import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { show } from './show.ts'

const cyclic: Record<string, unknown> = {}
cyclic['self'] = cyclic

describe('show', () => {
  it.each<[unknown, string]>([
    ['5', '"5"'],
    [5, '5'],
    [undefined, 'nothing'],
    [null, 'null'],
    [NaN, 'NaN'],
    [10n, '10n'],
    [Symbol('s'), 'Symbol(s)'],
    [[1, 'a'], '[1,"a"]'],
    [{ a: 1n, f: () => 1 }, '{"a":"1n","f":"the function f"}'],
    [(() => () => {})(), 'a function'],
    [/x/, '/x/'],
    [new Error('two\n lines'), 'Error: two lines'],
    [cyclic, 'an object'],
    [{ toJSON: () => undefined }, 'an object'],
  ])('%o is shown as %j', (value, text) => expect(show(value)).toBe(text))

  it('is short, on one line, and never throws', () => {
    fc.assert(
      fc.property(fc.anything({ withBigInt: true, withNullPrototype: true, withDate: true }), (value) => {
        const text = show(value)
        expect(text.length).toBeLessThanOrEqual(80)
        expect(text).not.toContain('\n')
      }),
    )
    expect(show('x'.repeat(500))).toHaveLength(80)
  })
})
