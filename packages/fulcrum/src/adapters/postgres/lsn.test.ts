import { expect, test } from 'vitest'
import { parseLsn } from './lsn.ts'

test.each([
  ['0/0', 0n],
  ['0/16B3740', 0x16b3740n],
  ['16/B374D848', 0x16_b374d848n],
  ['FFFFFFFF/FFFFFFFF', 0xffff_ffff_ffff_ffffn],
])('%s', (text, lsn) => {
  expect(parseLsn(text)).toBe(lsn)
})
