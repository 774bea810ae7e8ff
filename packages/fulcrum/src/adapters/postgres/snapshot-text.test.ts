import { expect, test } from 'vitest'
import { parseSnapshot } from './snapshot-text.ts'

test.each([
  ['10:10:', { xmin: 10, xmax: 10, xip: [] }],
  ['10:20:10,14,15', { xmin: 10, xmax: 20, xip: [10, 14, 15] }],
  ['4294967297:4294967300:4294967298', { xmin: 4294967297, xmax: 4294967300, xip: [4294967298] }],
])('%s', (text, snapshot) => {
  expect(parseSnapshot(text)).toEqual(snapshot)
})
