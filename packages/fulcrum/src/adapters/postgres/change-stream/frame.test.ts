import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isFulcrumError } from '../../../kernel/errors/fulcrum-error.ts'
import { readFrame, statusFrame } from './frame.ts'

function alive(sent: bigint, wantsReply: boolean): Buffer {
  const frame = Buffer.alloc(18)
  frame.write('k')
  frame.writeBigUInt64BE(sent, 1)
  frame[17] = wantsReply ? 1 : 0
  return frame
}

test('an alive frame says how far the server has sent', () => {
  expect(readFrame(alive(0x16_b374_d848n, true))).toEqual({
    kind: 'alive',
    sent: 0x16_b374_d848,
    wantsReply: true,
  })
})

test('a data frame carries a message; the positions of its header are not looked at', () => {
  const header = Buffer.alloc(25, 0xff)
  header.write('w')
  const frame = readFrame(Buffer.concat([header, Buffer.from('B…')]))
  expect(frame).toEqual({ kind: 'data', message: Buffer.from('B…') })
})

test('a status says that everything up to a position is done, and when', () => {
  const frame = statusFrame({ done: 2 ** 52 + 4096, wall: Date.UTC(2000, 0, 1) + 1.5, wantsReply: true })
  expect(frame).toHaveLength(34)
  expect(frame.toString('latin1', 0, 1)).toBe('r')
  for (const at of [1, 9, 17]) expect(frame.readBigUInt64BE(at)).toBe(2n ** 52n + 4096n)
  expect(frame.readBigUInt64BE(25)).toBe(1500n)
  expect(frame[33]).toBe(1)
})

test('garbage is refused with the one error', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
      try {
        readFrame(Buffer.from(bytes))
      } catch (error) {
        if (!isFulcrumError(error, 'FUL-4036')) throw error
      }
    }),
  )
})
