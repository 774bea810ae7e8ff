import { describe, expect, it, vi } from 'vitest'
import { createRealClock } from './clock-real.ts'
import { createVirtualClock } from './clock-virtual.ts'
import type { Clock } from './clock.ts'

interface Subject {
  readonly clock: Clock
  /** Lets time pass until the promise settles. */
  readonly settle: <T>(work: Promise<T>) => Promise<T>
}

const subjects: [string, () => Subject][] = [
  ['real', () => ({ clock: createRealClock(), settle: (work) => work })],
  [
    'virtual',
    () => {
      const clock = createVirtualClock()
      return { clock, settle: (work) => clock.drive(work) }
    },
  ],
]

/** What every Clock promises. Times are short because one of them is real. */
describe.each(subjects)('Clock: %s', (_, create) => {
  const firing = (arm: (fire: () => void) => unknown): Promise<void> =>
    new Promise((resolve) => void arm(resolve))

  it('does not fire timers early', async () => {
    const { clock, settle } = create()
    for (const ms of [0, 0.4, 1, 7.5]) {
      const start = clock.now()
      await settle(firing((fire) => clock.timer(ms, fire)))
      expect(clock.now()).toBeGreaterThanOrEqual(start + ms)
    }
  })

  it('does not fire alarms early, on the coarse scale and hence on the fine one', async () => {
    const { clock, settle } = create()
    for (const ms of [-5, 0, 0.4, 3, 12.5]) {
      const at = clock.coarse() + ms
      await settle(firing((fire) => clock.alarm(at, fire)))
      expect(clock.now()).toBeGreaterThanOrEqual(at)
    }
  })

  it('fires timers by their times, each once', async () => {
    const { clock, settle } = create()
    const fired: number[] = []
    for (const ms of [40, 1, 20]) clock.timer(ms, () => void fired.push(ms))
    await settle(clock.sleep(60))
    expect(fired).toEqual([1, 20, 40])
  })

  it('does not fire what is cancelled, and cancelling again or late does nothing', async () => {
    const { clock, settle } = create()
    const callback = vi.fn()
    const timers = [clock.timer(2, callback), clock.alarm(clock.coarse() + 2, callback)]
    for (const timer of timers) timer.cancel()
    for (const timer of timers) timer.cancel()
    const fired = clock.timer(1, () => {})
    await settle(clock.sleep(20))
    fired.cancel()
    expect(callback).not.toHaveBeenCalled()
  })

  it('sleeps for the time, or until the signal aborts', async () => {
    const { clock, settle } = create()
    const controller = new AbortController()
    const start = clock.now()
    await settle(clock.sleep(5, controller.signal))
    expect(clock.now()).toBeGreaterThanOrEqual(start + 5)
    clock.timer(5, () => controller.abort('enough'))
    await expect(settle(clock.sleep(60_000, controller.signal))).rejects.toBe('enough')
    expect(clock.now() - start).toBeLessThan(30_000)
    await expect(settle(clock.sleep(60_000, controller.signal))).rejects.toBe('enough')
  })

  it('gives other ready work a turn on yield', async () => {
    const { clock, settle } = create()
    const trace: string[] = []
    const worker = async (name: string): Promise<void> => {
      for (let round = 1; round <= 2; round++) {
        trace.push(name + round)
        await clock.yield()
      }
    }
    await settle(Promise.all([worker('a'), worker('b')]))
    expect(trace).toEqual(['a1', 'b1', 'a2', 'b2'])
  })

  it('has a coarse time that never goes back and follows the fine one', async () => {
    const { clock, settle } = create()
    let last = clock.coarse()
    for (let round = 0; round < 10; round++) {
      await settle(clock.sleep(2))
      const coarse = clock.coarse()
      expect(coarse).toBeGreaterThanOrEqual(last)
      expect(coarse).toBeLessThanOrEqual(clock.now())
      last = coarse
    }
    expect(last).toBeGreaterThan(0)
  })
})
