import { expect, test } from 'vitest'
import { applyDiff } from './diff.ts'

test('a change is made where it fits', () => {
  expect(applyDiff('a\nb\nc\nd\n', ' b\n-c\n+x\n+y\n d')).toBe('a\nb\nx\ny\nd\n')
  expect(applyDiff('a\n\nb\n', ' a\n\n+x\n b')).toBe('a\n\nx\nb\n')
})

test('and refused where it fits nowhere, or twice', () => {
  expect(() => applyDiff('a\nb\n', ' c\n+x')).toThrow('it fits in 0 places')
  expect(() => applyDiff('a\nb\na\n', ' a\n+x')).toThrow('it fits in 2 places')
})
