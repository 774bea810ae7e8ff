import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createSeededRandom } from '../../kernel/random-seeded.ts'
import { createVirtualClock } from '../../kernel/clock-virtual.ts'
import { Histogram } from '../../observe/histogram.ts'
import { CallTimer, UNTIMED } from './call-timer.ts'

/** A timer whose ticks bring so many calls each, and which of them it timed. */
async function timed(ticks: readonly number[]): Promise<boolean[]> {
  const clock = createVirtualClock()
  const timer = new CallTimer(clock)
  const seen: boolean[] = []
  for (const [tick, calls] of ticks.entries()) {
    await clock.runUntil(tick + 1)
    for (let index = 0; index < calls; index += 1) seen.push(!Number.isNaN(timer.begin()))
  }
  return seen
}

describe('CallTimer', () => {
  it('times every call while there are no more than eight per millisecond', async () => {
    const quiet = fc.array(fc.integer({ min: 0, max: 8 }), { maxLength: 30 })
    await fc.assert(
      fc.asyncProperty(quiet, async (ticks) => {
        expect(await timed(ticks)).not.toContain(false)
      }),
    )
  })

  it('times one in seven of more, from tick to tick', async () => {
    const seen = await timed(Array.from({ length: 100 }, () => 50))
    expect(seen.slice(0, 8)).not.toContain(false)
    expect(seen.slice(8).filter(Boolean)).toHaveLength(Math.floor((5000 - 8) / 7))
  })

  it('times every call again after a millisecond with few, or after a rest', async () => {
    const seen = await timed([50, 8, 3])
    expect(seen.slice(58)).toEqual([true, true, true])
    const rested = await timed([50, ...Array.from({ length: 20 }, () => 0), 1])
    expect(rested.at(-1)).toBe(true)
  })

  it('does not read the clock for a call that it lets pass', async () => {
    let reads = 0
    const clock = createVirtualClock()
    const counting = { ...clock, coarse: () => clock.coarse(), now: () => (reads += 1) }
    const timer = new CallTimer(counting)
    for (let index = 0; index < 708; index += 1) timer.since(timer.begin())
    expect(reads).toBe(2 * (8 + 100))
    expect(timer.since(UNTIMED)).toBeNaN()
  })
})

describe('what a busy operation records', () => {
  /** The histogram of calls that take what `duration` says, `perTick` of them in every millisecond. */
  async function recorded(perTick: number, duration: (call: number) => number): Promise<Histogram> {
    const histogram = new Histogram()
    const timings = await timed(Array.from({ length: 2000 }, () => perTick))
    for (const [call, looked] of timings.entries()) {
      if (looked) histogram.record(duration(call))
      else histogram.repeat()
    }
    return histogram
  }

  it('counts every call', async () => {
    expect((await recorded(40, () => 1)).count).toBe(80_000)
  })

  it('has the quantiles of all calls', async () => {
    const random = createSeededRandom('durations')
    const all = Array.from({ length: 80_000 }, () => -Math.log(1 - random.next()))
    const sorted = all.toSorted((a, b) => a - b)
    const histogram = await recorded(40, (call) => all[call] as number)
    for (const q of [0.5, 0.9, 0.99]) {
      const exact = sorted[q * all.length] as number
      expect(Math.abs((histogram.quantile(q) as number) / exact - 1)).toBeLessThan(0.06)
    }
  })

  it.each([8, 10, 16, 64])('gives each member of a batch of %i its share', async (batch) => {
    const histogram = await recorded(batch, (call) => (call % batch === 0 ? 100 : 1))
    const slow = histogram.count - histogram.atMost(10)
    expect(slow / histogram.count).toBeCloseTo(1 / batch, 3)
  })
})
