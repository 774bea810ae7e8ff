import fc from 'fast-check'
import { expect, test } from 'vitest'
import { eur, Money, total } from './money.ts'

const line = fc.record({
  price: fc.integer({ min: 1, max: 100_000_000 }).map(eur),
  quantity: fc.integer({ min: 1, max: 1_000 }),
})

test('a total is the exact sum of its lines, also for the largest order', () => {
  fc.assert(
    fc.property(fc.array(line, { maxLength: 100 }), (lines) => {
      const exact = lines.reduce(
        (sum, { price, quantity }) => sum + BigInt(price.amount) * BigInt(quantity),
        0n,
      )
      expect(BigInt(total(lines).amount)).toBe(exact)
    }),
  )
})

test('no lines cost nothing', () => {
  expect(total([])).toEqual({ amount: 0, currency: 'EUR' })
})

test.each([
  { amount: 1.5, currency: 'EUR' },
  { amount: 1 },
  { amount: 1, currency: 'USD' },
  1,
  { amount: '1', currency: 'EUR' },
])('%j is no money', (value) => {
  expect(Money.safeParse(value).success).toBe(false)
})
