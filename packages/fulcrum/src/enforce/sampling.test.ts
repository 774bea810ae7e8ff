import { describe, expect, it } from 'vitest'
import { createSeededRandom } from '../kernel/random-seeded.ts'
import { Sampling } from './sampling.ts'

function taken(share: number, of: number): number {
  const sampling = new Sampling(share, createSeededRandom('sampling'))
  return Array.from({ length: of }, () => sampling.isDue()).filter(Boolean).length
}

describe('sampling', () => {
  it('takes its share', () => {
    expect(taken(0.001, 1_000_000)).toBeGreaterThan(900)
    expect(taken(0.001, 1_000_000)).toBeLessThan(1_100)
    expect(taken(0.5, 10_000)).toBeGreaterThan(4_800)
    expect(taken(0.5, 10_000)).toBeLessThan(5_200)
  })

  it('takes all of them where that is the share', () => {
    expect(taken(1, 100)).toBe(100)
  })

  it('is not in step with anything: gaps differ', () => {
    const sampling = new Sampling(0.1, createSeededRandom('sampling'))
    const due = Array.from({ length: 1_000 }, (_, index) => (sampling.isDue() ? index : -1)).filter(
      (index) => index >= 0,
    )
    const gaps = new Set(due.map((index, at) => index - (due[at - 1] ?? 0)))
    expect(gaps.size).toBeGreaterThan(10)
  })
})
