import fc from 'fast-check'
import { expect, it } from 'vitest'
import { growingPause } from './growing-pause.ts'
import { createSeededRandom } from './random-seeded.ts'

const growth = { first: 100, longest: 2_000 }

it('doubles up to the longest, and is at least half of that', () => {
  const property = fc.property(fc.integer({ min: 0, max: 2 ** 31 }), fc.integer(), (failures, seed) => {
    const most = Math.min(2_000, 100 * 2 ** Math.min(failures, 10))
    const pause = growingPause(failures, growth, createSeededRandom(seed))
    expect(pause).toBeGreaterThanOrEqual(most / 2)
    expect(pause).toBeLessThan(most)
  })
  fc.assert(property)
})

it('differs between those who failed together', () => {
  const pauses = Array.from({ length: 20 }, (_, seed) => growingPause(3, growth, createSeededRandom(seed)))
  expect(new Set(pauses).size).toBe(20)
})
