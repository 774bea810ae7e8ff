import { expect, test } from 'vitest'
import { text } from './text.ts'

test('text is trimmed before it is measured', () => {
  expect(text(3).parse('  ab ')).toBe('ab')
  expect(text(3).min(1).safeParse('   ').success).toBe(false)
  expect(text(3).safeParse('abcd').success).toBe(false)
})

test.each(['a\0b', '\ud800', 'x\udc00'])('what PostgreSQL cannot store is refused: %j', (value) => {
  expect(text(10).safeParse(value).success).toBe(false)
})

test.each(['', 'naïve', '👩‍🚀', '日本'])('any other text is fine: %j', (value) => {
  expect(text(10).parse(value)).toBe(value)
})
