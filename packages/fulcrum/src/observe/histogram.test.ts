import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Histogram } from './histogram.ts'

describe('Histogram', () => {
  it('has no quantile before anything is recorded', () => {
    expect(new Histogram().quantile(0.5)).toBeUndefined()
  })

  it('gives quantiles within 1 % of the exact ones (and half a microsecond)', () => {
    const durations = fc.array(fc.double({ min: 0.001, max: 100_000, noNaN: true }), {
      minLength: 1,
      maxLength: 200,
    })
    fc.assert(
      fc.property(durations, fc.double({ min: 0.01, max: 1, noNaN: true }), (all, q) => {
        const histogram = new Histogram()
        for (const ms of all) histogram.record(ms)
        const exact = all.toSorted((a, b) => a - b)[Math.max(1, Math.ceil(q * all.length)) - 1] as number
        expect(Math.abs((histogram.quantile(q) as number) - exact)).toBeLessThanOrEqual(exact * 0.01 + 0.0006)
      }),
    )
  })

  it('counts and sums', () => {
    const histogram = new Histogram()
    for (const ms of [1, 2, 3, 400]) histogram.record(ms)
    expect([histogram.count, histogram.sum]).toEqual([4, 406])
    expect([histogram.atMost(0.5), histogram.atMost(2.5), histogram.atMost(1000)]).toEqual([0, 2, 4])
  })

  it('takes the absurdly long and the negative without losing count', () => {
    const histogram = new Histogram()
    for (const ms of [-1, 0, Number.MAX_VALUE]) histogram.record(ms)
    expect(histogram.count).toBe(3)
    expect(histogram.quantile(1)).toBeGreaterThan(2_000_000)
  })
})
