import { describe, expect, test } from 'vitest'
import { Pace, Paces, SHARED_BUDGET_MS } from './pace.ts'

function after(...times: readonly number[]): Pace {
  const pace = new Pace()
  for (const ms of times) pace.observe(ms)
  return pace
}

const repeat = (count: number, ms: number): number[] => Array.from({ length: count }, () => ms)

describe('an operation', () => {
  test('shares while its statements are short', () => {
    expect(after(...repeat(1_000, SHARED_BUDGET_MS)).isAlone).toBe(false)
  })

  test('is left alone by one outlier, as a pause of the process looks like one', () => {
    expect(after(...repeat(10, 0.1), 60_000).isAlone).toBe(false)
  })

  test('leaves when its average exceeds the budget', () => {
    expect(after(...repeat(15, SHARED_BUDGET_MS + 1)).isAlone).toBe(false)
    expect(after(...repeat(40, SHARED_BUDGET_MS + 1)).isAlone).toBe(true)
    expect(after(...repeat(3, 50)).isAlone).toBe(true)
  })

  test('leaves at once when it is caught', () => {
    const pace = after(0.1)
    pace.leave()
    expect(pace.isAlone).toBe(true)
  })

  test('comes back after 32 short statements in a row, and not on a doubtful one', () => {
    const pace = after(...repeat(5, 50), ...repeat(31, 1), SHARED_BUDGET_MS / 2, ...repeat(31, 1))
    expect(pace.isAlone).toBe(true)
    pace.observe(1)
    expect(pace.isAlone).toBe(false)
    expect(pace.average).toBeLessThanOrEqual(SHARED_BUDGET_MS / 2)
  })
})

test('operations have a pace each', () => {
  const paces = new Paces()
  paces.of('a.slow').leave()
  expect([paces.of('a.slow').isAlone, paces.of('a.fast').isAlone]).toEqual([true, false])
})
