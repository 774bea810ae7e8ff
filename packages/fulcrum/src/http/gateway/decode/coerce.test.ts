import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { coerceText, coerceTexts } from './coerce.ts'
import { ANYTHING, kindsOf, type TextKinds } from './text-kinds.ts'

const kinds = (schema: Record<string, unknown>): TextKinds => kindsOf(schema, schema)
const NUMBER = kinds({ type: 'number' })
const INTEGER = kinds({ type: 'integer' })
const BOOLEAN = kinds({ type: 'boolean' })

describe('coercion of text', () => {
  it('reads back every number that JSON writes', () => {
    expect(coerceText('37573982580473450', NUMBER)).toBe(37573982580473450)
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        // JSON has one zero.
        expect(coerceText(JSON.stringify(value), NUMBER)).toBe(value === 0 ? 0 : value)
      }),
    )
    fc.assert(
      fc.property(fc.maxSafeInteger(), (value) => {
        expect(coerceText(String(value), INTEGER)).toBe(value)
      }),
    )
  })

  it('makes a finite number of a text only where JSON would, and leaves it alone otherwise', () => {
    const text = fc.oneof(fc.string(), fc.stringMatching(/^[-+0-9.eExX_ ]{0,12}$/))
    fc.assert(
      fc.property(text, (input) => {
        const output = coerceText(input, NUMBER)
        if (typeof output === 'number') {
          expect(Number.isFinite(output)).toBe(true)
          expect(JSON.parse(input)).toBe(output)
        } else expect(output).toBe(input)
      }),
      { numRuns: 2000 },
    )
  })

  it.each([
    '',
    ' ',
    ' 1',
    '1 ',
    '+1',
    '01',
    '.5',
    '5.',
    '1e999',
    '-1e999',
    'NaN',
    'Infinity',
    '0x10',
    '1n',
    '1,000',
    '٣',
  ])('leaves %j alone where a number is meant', (text) => expect(coerceText(text, NUMBER)).toBe(text))

  it('leaves integers alone that a double would round', () => {
    expect(coerceText('9007199254740991', NUMBER)).toBe(9007199254740991)
    expect(coerceText('9007199254740992', NUMBER)).toBe(9007199254740992)
    expect(coerceText('9007199254740993', NUMBER)).toBe('9007199254740993')
    expect(coerceText('-12345678901234567890', INTEGER)).toBe('-12345678901234567890')
  })

  it.each(['1', '0', 'TRUE', 'yes', 'on', '', 'true '])('does not take %j for a boolean', (text) => {
    expect(coerceText(text, BOOLEAN)).toBe(text)
  })

  it('keeps text where text is allowed', () => {
    for (const schema of [{ type: 'string' }, {}, { type: ['string', 'number', 'boolean'] }]) {
      for (const text of ['1', 'true', 'null', '']) expect(coerceText(text, kinds(schema))).toBe(text)
    }
  })

  it('keeps the listed texts, and reads others as what else they may be', () => {
    const mixed = kinds({ anyOf: [{ enum: ['auto', '1'] }, { type: 'integer' }] })
    expect(['auto', '1', '2', 'x'].map((text) => coerceText(text, mixed))).toEqual(['auto', '1', 2, 'x'])
  })

  it('makes lists of what may be a list', () => {
    const list = kinds({ type: 'array', items: { type: 'integer' } })
    expect(coerceTexts('1', list)).toEqual([1])
    expect(coerceTexts(['1', 'x'], list)).toEqual([1, 'x'])
    const either = kinds({ anyOf: [{ type: 'integer' }, { type: 'array', items: { type: 'integer' } }] })
    expect(coerceTexts('1', either)).toBe(1)
    expect(coerceTexts(['1', '2'], either)).toEqual([1, 2])
    const tuple = kinds({
      type: 'array',
      prefixItems: [{ type: 'integer' }, { type: 'boolean' }],
      items: { type: 'string' },
    })
    expect(coerceTexts(['1', 'true', '3'], tuple)).toEqual([1, true, '3'])
    expect(coerceTexts(['1', '2'], NUMBER)).toBeUndefined()
    expect(coerceTexts(['1', '2'], ANYTHING)).toEqual(['1', '2'])
  })
})
