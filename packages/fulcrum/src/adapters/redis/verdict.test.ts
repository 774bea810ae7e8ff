import { describe, expect, it } from 'vitest'
import { createVirtualClock } from '../../kernel/clock-virtual.ts'
import { Verdict } from './verdict.ts'

describe('the verdict on a server', () => {
  it('is reached after three failures in a row, however far apart', async () => {
    const clock = createVirtualClock()
    const verdict = new Verdict(clock)
    expect(verdict.failed()).toBe(false)
    await clock.runUntil(5_000)
    expect(verdict.failed()).toBe(false)
    await clock.runUntil(10_000)
    expect(verdict.failed()).toBe(true)
  })

  it('is reached when half of what is asked fails', () => {
    const verdict = new Verdict(createVirtualClock())
    const verdicts = Array.from({ length: 10 }, () => {
      verdict.succeeded()
      return verdict.failed()
    })
    expect(verdicts.indexOf(true)).toBe(9)
  })

  it('is not reached by a few failures among many successes, nor by old ones', async () => {
    const clock = createVirtualClock()
    const verdict = new Verdict(clock)
    for (let second = 0; second < 5; second += 1) {
      for (let count = 0; count < 9; count += 1) {
        expect(verdict.failed()).toBe(false)
        verdict.succeeded()
      }
      await clock.runUntil(1_001 * (second + 1))
    }
    expect(verdict.failed()).toBe(false)
    for (let count = 0; count < 100; count += 1) {
      verdict.succeeded()
      if (count % 5 === 0) expect(verdict.failed()).toBe(false)
    }
  })

  it('is reached anew about a new connection', () => {
    const verdict = new Verdict(createVirtualClock())
    verdict.failed()
    verdict.failed()
    verdict.reset()
    expect(verdict.failed()).toBe(false)
  })
})
