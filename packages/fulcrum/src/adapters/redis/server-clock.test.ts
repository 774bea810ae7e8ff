import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createVirtualClock } from '../../kernel/clock-virtual.ts'
import { ServerClock } from './server-clock.ts'

const START = 1_700_000_000_000

describe('the clock of a server', () => {
  it('is not known to have stood still before it was asked', () => {
    expect(new ServerClock(createVirtualClock()).atMost).toBe(Infinity)
  })

  it('is never behind what it is said to show at the most, whatever the way there and back took', () => {
    const step = fc.record({
      out: fc.integer({ min: 0, max: 50 }),
      back: fc.integer({ min: 0, max: 50 }),
      rest: fc.integer({ min: 0, max: 5_000 }),
    })
    const rate = fc.double({ min: -0.0005, max: 0.0005, noNaN: true })
    return fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 20 }), rate, async (steps, drift) => {
        const clock = createVirtualClock()
        const time = new ServerClock(clock)
        const shows = (): number => START + clock.now() * (1 + drift)
        for (const { out, back, rest } of steps) {
          const sentAt = time.asked()
          await clock.drive(clock.sleep(out))
          const shown = shows()
          await clock.drive(clock.sleep(back))
          time.answered(shown, sentAt)
          expect(time.atMost - shows()).toBeGreaterThanOrEqual(-0.001)
          await clock.drive(clock.sleep(rest))
          expect(time.atMost - shows()).toBeGreaterThanOrEqual(-0.001)
        }
      }),
      { numRuns: 50 },
    )
  })

  it('is known as well as the quickest answer tells', async () => {
    const clock = createVirtualClock()
    const time = new ServerClock(clock)
    time.answered(START, time.asked())
    const sentAt = time.asked()
    await clock.drive(clock.sleep(80))
    time.answered(START + 80, sentAt)
    expect(time.atMost - (START + 80)).toBeLessThan(1)
  })

  it.each([-3_600_000, 3_600_000])('is believed when it was set by %d ms', (by) => {
    const time = new ServerClock(createVirtualClock())
    time.answered(START, time.asked())
    time.answered(START + by, time.asked())
    expect(time.atMost).toBe(START + by)
  })

  it('is due again a second after it was asked, whether it has answered or not', async () => {
    const clock = createVirtualClock()
    const time = new ServerClock(clock)
    expect(time.isDue).toBe(true)
    time.asked()
    expect(time.isDue).toBe(false)
    await clock.runUntil(1_001)
    expect(time.isDue).toBe(true)
  })
})
