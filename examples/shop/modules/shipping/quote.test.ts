import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { quoteShipping } from './api.ts'
import { quote } from './quote.ts'

describe('the price of a parcel', () => {
  test.each([
    [0.001, 500],
    [1, 500],
    [1.2, 550],
    [2, 750],
    [10, 2_750],
    [1_000_000, 250_000_250],
  ])('%d kg cost %d cents', (weight, cents) => {
    expect(quote(weight)).toEqual({ amount: cents, currency: 'EUR' })
  })

  test.each([
    [1.001, 500],
    [1.002, 501],
    [1.006, 502],
    [1.01, 503],
    [1.018, 505],
    [1.126, 532],
    [64.002, 16_251],
    [4.014, 1_254],
    [1.0019999999999998, 500],
    [1.0020000000000002, 501],
  ])('half a cent rounds up, and nothing less does: %d kg cost %d cents', (weight, cents) => {
    expect(quote(weight).amount).toBe(cents)
  })

  test('is the exact one at every milligram', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1_000_001, max: 1_000_000_000 }), (milligrams) => {
        // 4,000 mg are a cent; all of these are integers that a double holds exactly.
        const expected = 500 + Math.floor((milligrams - 1_000_000 + 2_000) / 4_000)
        expect(quote(milligrams / 1_000_000).amount).toBe(expected)
      }),
    )
  })

  test('is the exact one at every half cent up to 250 kg, where floating point is off', () => {
    const wrong = Array.from({ length: 62_250 }, (_, cents) => cents).filter((cents) => {
      const kg = (1_002 + 4 * cents) / 1_000
      return quote(kg).amount !== 501 + cents
    })
    expect(wrong).toEqual([])
  })

  test('never falls when the weight rises', () => {
    const weight = fc.double({ min: 0.001, max: 1_000_000, noNaN: true })
    fc.assert(
      fc.property(weight, weight, (a, b) => {
        expect(quote(Math.min(a, b)).amount).toBeLessThanOrEqual(quote(Math.max(a, b)).amount)
      }),
    )
  })
})

describe('the weight of a parcel', () => {
  const accepts = (weightKg: unknown): boolean => {
    const result = quoteShipping.input?.['~standard'].validate({ weightKg })
    return result !== undefined && 'value' in result
  }

  test.each([0, -0, -1, Infinity, -Infinity, NaN, 1_000_001, '1', null, undefined])(
    '%s is refused',
    (weight) => {
      expect(accepts(weight)).toBe(false)
    },
  )

  test.each([Number.MIN_VALUE, 1e-7, 0.5, 1_000_000])('%d is accepted, and has a price', (weight) => {
    expect(accepts(weight)).toBe(true)
    expect(Number.isSafeInteger(quote(weight).amount)).toBe(true)
  })
})
