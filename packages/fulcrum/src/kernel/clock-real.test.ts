import { afterEach, describe, expect, it, vi } from 'vitest'
import { createRealClock } from './clock-real.ts'
import type { Clock } from './clock.ts'

/** Keeps the event loop from turning. */
function block(ms: number): void {
  const until = performance.now() + ms
  while (performance.now() < until);
}

/** A clock whose ticker can be watched: the interval that it starts and whether it has stopped it. */
function watchedClock(): { clock: Clock; ticker: () => NodeJS.Timeout; stopped: () => Promise<void> } {
  const start = vi.spyOn(globalThis, 'setInterval')
  const stop = vi.spyOn(globalThis, 'clearInterval')
  const ticker = (): NodeJS.Timeout => start.mock.results.at(-1)?.value as NodeJS.Timeout
  const stopped = (): Promise<void> =>
    vi.waitFor(() => expect(stop).toHaveBeenCalledWith(ticker()), { timeout: 3000, interval: 10 })
  return { clock: createRealClock(), ticker, stopped }
}

afterEach(() => {
  vi.restoreAllMocks()
  vi.useRealTimers()
})

describe('the real clock', () => {
  it('fires nothing early after the event loop was blocked', async () => {
    const clock = createRealClock()
    clock.coarse()
    // The loop's and the coarse idea of now are 30 ms behind when these are armed.
    block(30)
    const start = clock.now()
    const elapsed = await Promise.all([
      new Promise<number>((resolve) => void clock.timer(10, () => resolve(clock.now() - start))),
      new Promise<number>((resolve) => void clock.alarm(start + 10, () => resolve(clock.now() - start))),
    ])
    for (const ms of elapsed) expect(ms).toBeGreaterThanOrEqual(10)
  })

  it('is at most a few ticks behind while the loop turns', async () => {
    const clock = createRealClock()
    clock.coarse()
    const behind: number[] = []
    for (let round = 0; round < 50; round++) {
      await clock.sleep(1)
      behind.push(clock.now() - clock.coarse())
    }
    // The median: a busy machine may delay any single tick.
    expect(behind.toSorted((a, b) => a - b)[25]).toBeLessThan(5)
  })

  it('stops ticking when nobody reads, and reads exactly when somebody does again', async () => {
    const { clock, ticker, stopped } = watchedClock()
    clock.coarse()
    const first = ticker()
    await stopped()
    const before = clock.now()
    expect(clock.coarse()).toBeGreaterThanOrEqual(before)
    expect(ticker()).not.toBe(first)
    await stopped()
  })

  it('does not stop while an alarm is pending, and stops after it', async () => {
    const { clock, stopped } = watchedClock()
    const at = clock.now() + 250
    const late = await new Promise<number>((resolve) => void clock.alarm(at, () => resolve(clock.now() - at)))
    expect(late).toBeGreaterThanOrEqual(0)
    await stopped()
  })

  it('does not keep the process alive with alarms or unref timers', () => {
    const { clock, ticker } = watchedClock()
    const alarm = clock.alarm(clock.now() + 60_000, () => {})
    expect(ticker().hasRef()).toBe(false)
    const timeouts = (): number =>
      process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length
    const before = timeouts()
    const loose = clock.timer(60_000, () => {}, { ref: false })
    expect(timeouts()).toBe(before)
    const tight = clock.timer(60_000, () => {})
    expect(timeouts()).toBe(before + 1)
    for (const timer of [alarm, loose, tight]) timer.cancel()
    expect(timeouts()).toBe(before)
  })

  it('keeps an alarm that is more than a turn of the wheel away', async () => {
    const clock = createRealClock()
    const start = clock.now()
    await new Promise<void>((resolve) => void clock.alarm(start + 1100, resolve))
    expect(clock.now() - start).toBeGreaterThanOrEqual(1100)
  })

  it('tells the calendar', () => {
    expect(Math.abs(createRealClock().wall() - Date.now())).toBeLessThan(1000)
  })
})

describe('long timers', () => {
  it('last longer than setTimeout can count', () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
    const days = 86_400_000
    const fired = vi.fn()
    createRealClock().timer(60 * days, fired)
    vi.advanceTimersByTime(60 * days - 1)
    expect(fired).not.toHaveBeenCalled()
    vi.advanceTimersByTime(1)
    expect(fired).toHaveBeenCalledOnce()
  })
})
