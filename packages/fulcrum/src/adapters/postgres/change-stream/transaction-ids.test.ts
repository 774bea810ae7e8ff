import fc from 'fast-check'
import { expect, test } from 'vitest'
import { TransactionIds } from './transaction-ids.ts'

const WIDTH = 2 ** 32

test('ids of 32 bits are widened by the epoch that is in use', () => {
  const ids = new TransactionIds(3 * WIDTH + 1_000)
  expect(ids.full(999)).toBe(3 * WIDTH + 999)
  expect(ids.full(1_001)).toBe(3 * WIDTH + 1_001)
})

test('across a wrap-around in both directions', () => {
  const ids = new TransactionIds(WIDTH - 2)
  expect(ids.full(WIDTH - 1)).toBe(WIDTH - 1)
  expect(ids.full(3)).toBe(WIDTH + 3)
  expect(ids.full(WIDTH - 5)).toBe(WIDTH - 5)
  expect(ids.full(4)).toBe(WIDTH + 4)
})

test('while nothing is told for more than one round', () => {
  const ids = new TransactionIds(100)
  ids.reached(5 * WIDTH + 7)
  expect(ids.full(9)).toBe(5 * WIDTH + 9)
})

test('whatever id within 2^31 of one in use is meant comes out', () => {
  const near = fc.integer({ min: WIDTH, max: 2 ** 50 })
  fc.assert(
    fc.property(near, fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }), (from, distance) => {
      const id = from + distance
      expect(new TransactionIds(from).full(id % WIDTH)).toBe(id)
    }),
  )
})
