import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Figures } from './figures.ts'
import { Latencies } from './latencies.ts'
import { MIX, picker } from './mix.ts'
import { popular, seeded } from './random.ts'
import { summary, table } from './table.ts'

test('percentiles are at most 5 % above the exact ones, and never below', () => {
  const times = fc.array(fc.double({ min: 0.02, max: 60_000, noNaN: true }), { minLength: 1 })
  fc.assert(
    fc.property(times, fc.constantFrom(1, 50, 99, 100), (ms, percent) => {
      const latencies = new Latencies()
      for (const time of ms) latencies.record(time)
      const exact = ms.toSorted((a, b) => a - b)[Math.ceil((ms.length * percent) / 100) - 1] as number
      expect(latencies.percentile(percent)).toBeGreaterThanOrEqual(exact * 0.999_999)
      expect(latencies.percentile(percent)).toBeLessThanOrEqual(exact * 1.050_001)
    }),
  )
})

test('equal seeds visit equally, others do not', () => {
  const first = (seed: number): number[] => Array.from({ length: 5 }, seeded(seed))
  expect(first(1)).toEqual(first(1))
  expect(first(1)).not.toEqual(first(2))
})

test('routes come as often as their weights say', () => {
  const random = seeded(1)
  const pick = picker(MIX)
  const picked = Array.from({ length: 100_000 }, () => pick(random).name)
  const total = MIX.reduce((sum, { weight }) => sum + weight, 0)
  for (const { name, weight } of MIX) {
    const share = picked.filter((other) => other === name).length / picked.length
    expect(Math.abs(share - weight / total)).toBeLessThan(0.01)
  }
})

test('what is popular comes first', () => {
  expect(popular([1, 2, 3], () => 0)).toBe(1)
  expect(popular([1, 2, 3], () => 0.999)).toBe(3)
  expect(popular([1, 2, 3], () => 0.5)).toBe(1)
})

describe('figures', () => {
  const figures = new Figures()
  figures.record({ status: 200, source: 'replica', ms: 1 })
  figures.record({ status: 409, source: 'primary', ms: 2 })
  figures.record({ status: 503, source: undefined, ms: 3 })
  figures.record({ status: 0, source: undefined, ms: 4 })

  test('tell what the shop refused from what failed', () => {
    expect(figures).toMatchObject({ declined: 1, errors: 2 })
  })

  test('are one line in a log and a table on a terminal', () => {
    expect(summary(figures, 2)).toMatch(
      /^2 s {3}2 requests\/s .* 1 declined {3}2 errors {3}replica 25 % {3}primary 25 %$/,
    )
    const lines = table(new Map([['GET /products', figures]]), figures)
    expect(lines).toHaveLength(3)
    expect(lines[1]).toMatch(/^GET \/products +4 +2\.\d +4\.\d +1 +2 +1 +1 +2$/)
  })
})
