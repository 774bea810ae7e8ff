import { expect, test } from 'vitest'
import { parseLsn } from './lsn.ts'

test.each([
  ['0/0', 0],
  ['0/16B3740', 0x16b3740],
  ['16/B374D848', 0x16_b374d848],
  ['1FFFFF/FFFFFFFF', Number.MAX_SAFE_INTEGER],
])('%s', (text, lsn) => {
  expect(parseLsn(text)).toBe(lsn)
})
