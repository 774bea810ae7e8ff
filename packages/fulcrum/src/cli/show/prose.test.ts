import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { count, rows, wrap } from './prose.ts'

describe('wrap', () => {
  const words = fc.array(fc.stringMatching(/^[a-z]{1,12}$/), { maxLength: 40 })

  it('keeps every word, in order', () => {
    fc.assert(
      fc.property(words, fc.integer({ min: 1, max: 40 }), (text, width) => {
        expect(wrap(text.join(' '), width).join(' ')).toBe(text.join(' '))
      }),
    )
  })

  it('keeps to the width unless one word is longer, and never wastes room for the next word', () => {
    fc.assert(
      fc.property(words, fc.integer({ min: 1, max: 40 }), (text, width) => {
        const lines = wrap(text.join(' '), width)
        for (const [index, line] of lines.entries()) {
          expect(line.length <= width || !line.includes(' ')).toBe(true)
          const next = lines[index + 1]?.split(' ')[0]
          if (next !== undefined) expect(line.length + 1 + next.length).toBeGreaterThan(width)
        }
      }),
    )
  })
})

describe('rows', () => {
  it('puts texts below each other and wraps them', () => {
    const lines = rows(
      [
        ['a', 'one two three'],
        ['long', 'four'],
      ],
      { width: 16, indent: 2 },
    )
    expect(lines).toEqual(['  a     one two', '        three', '  long  four'])
  })

  it('gives labels to be dressed in their full width', () => {
    expect(
      rows(
        [
          ['a', 'x'],
          ['bcd', 'y'],
        ],
        { width: 80, indent: 0, label: (text) => `[${text}]` },
      ),
    ).toEqual(['[a  ]  x', '[bcd]  y'])
  })
})

it('counts', () => {
  expect([count(1, 'query', 'queries'), count(2, 'query', 'queries'), count(0, 'step')]).toEqual([
    '1 query',
    '2 queries',
    '0 steps',
  ])
})
