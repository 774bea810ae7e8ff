import { expect, test } from 'vitest'
import { namesStandby } from './standby-names.ts'

test.each([
  ['', false],
  ['replica_1', false],
  ['*', true],
  ['ANY 1 (*)', true],
  ['FIRST 2 (replica_1, replica_2)', false],
  ['2 (replica_1, "Fulcrum Changes")', true],
  ['"say ""hi"""', false],
])('%s', (setting, expected) => {
  expect(namesStandby(setting, 'fulcrum changes')).toBe(expected)
})
