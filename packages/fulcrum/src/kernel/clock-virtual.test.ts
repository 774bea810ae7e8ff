import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createVirtualClock, type VirtualClock } from './clock-virtual.ts'
import { createSeededRandom } from './random-seeded.ts'

describe('order', () => {
  it('is that of time and, within an instant, of arming', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(10), { maxLength: 60 }), async (delays) => {
        const clock = createVirtualClock()
        const fired: [number, number, number][] = []
        delays.forEach((ms, index) => clock.timer(ms, () => fired.push([clock.now(), ms, index])))
        await clock.run()
        const expected = delays.map((ms, index): [number, number, number] => [ms, ms, index])
        expect(fired).toEqual(expected.toSorted((a, b) => a[0] - b[0]))
      }),
      { numRuns: 50 },
    )
  })

  it('fires what is armed for the current instant in the next round, without moving the time', async () => {
    const clock = createVirtualClock()
    const trace: string[] = []
    clock.timer(5, () => {
      trace.push(`first ${clock.now()}`)
      clock.timer(0, () => trace.push(`armed ${clock.now()}`))
      clock.alarm(1, () => trace.push(`overdue ${clock.now()}`))
    })
    clock.timer(5, () => trace.push(`second ${clock.now()}`))
    clock.timer(6, () => trace.push(`later ${clock.now()}`))
    await clock.run()
    expect(trace).toEqual(['first 5', 'second 5', 'armed 5', 'overdue 5', 'later 6'])
  })

  it('lets a timer cancel another of the same instant', async () => {
    const clock = createVirtualClock()
    const trace: string[] = []
    clock.timer(5, () => other.cancel())
    const other = clock.timer(5, () => trace.push('cancelled'))
    await clock.run()
    expect(trace).toEqual([])
    expect(clock.pending).toBe(0)
  })
})

describe('quiescence', () => {
  /** Work of `depth` steps that never touches the clock, by every way in which JavaScript defers. */
  async function chain(depth: number, defer: (resume: () => void) => void): Promise<void> {
    for (let step = 0; step < depth; step++) await new Promise<void>((resolve) => defer(resolve))
  }

  it.each<[string, (resume: () => void) => void]>([
    ['microtasks', queueMicrotask],
    ['ticks', (resume) => process.nextTick(resume)],
    ['immediates', setImmediate],
    ['a mixture', (resume) => setImmediate(() => process.nextTick(() => queueMicrotask(resume)))],
  ])('time stands still while %s follow each other', async (_, defer) => {
    const clock = createVirtualClock()
    const trace: string[] = []
    clock.timer(1, () => void chain(50, defer).then(() => trace.push(`chain ended at ${clock.now()}`)))
    clock.timer(2, () => trace.push('time went on'))
    await clock.run()
    expect(trace).toEqual(['chain ended at 1', 'time went on'])
  })

  it('does not take the turns of other virtual clocks for ready work', async () => {
    const clocks = [createVirtualClock(), createVirtualClock(), createVirtualClock()]
    const ends = clocks.map(async (clock, index) => {
      await clock.drive(
        chain(10, setImmediate).then(() => chain(10, (resume) => void clock.timer(index + 1, resume))),
      )
      return clock.now()
    })
    expect(await Promise.all(ends)).toEqual([10, 20, 30])
  })

  it('also lets work come to rest that began before the run', async () => {
    const clock = createVirtualClock()
    const trace: string[] = []
    void chain(20, setImmediate).then(() => clock.timer(1, () => trace.push('armed late')))
    clock.timer(2, () => trace.push('armed early'))
    await clock.run()
    expect(trace).toEqual(['armed late', 'armed early'])
  })
})

/** A few workers that sleep, yield, race and cancel at random; returns everything that happened. */
async function simulate(seed: number | undefined, program: number): Promise<string[]> {
  const clock = createVirtualClock(seed === undefined ? {} : { seed })
  const random = createSeededRandom(program)
  const trace: string[] = []
  const worker = async (name: number): Promise<void> => {
    for (let step = 0; step < 20; step++) {
      const timer = clock.timer(random.int(5), () => trace.push(`${clock.now()} ${name} timer`))
      await (random.int(3) === 0 ? clock.yield() : clock.sleep(random.int(4)))
      if (random.int(2) === 0) timer.cancel()
      trace.push(`${clock.now()} ${name} ${step}`)
    }
  }
  const workers = Promise.all([1, 2, 3, 4].map(worker))
  await clock.drive(workers)
  return trace
}

describe('determinism', () => {
  it('equal programs and seeds give equal traces', async () => {
    await fc.assert(
      fc.asyncProperty(fc.option(fc.integer(), { nil: undefined }), fc.integer(), async (seed, program) => {
        expect(await simulate(seed, program)).toEqual(await simulate(seed, program))
      }),
      { numRuns: 20 },
    )
  })

  it('seeds explore the orders of one instant, and nothing but those', async () => {
    const orders = new Set<string>()
    for (let seed = 0; seed < 60; seed++) {
      const clock = createVirtualClock({ seed })
      const trace: string[] = []
      for (const name of ['a', 'b', 'c']) clock.timer(1, () => trace.push(name))
      clock.timer(0, () => trace.push('before'))
      clock.timer(2, () => trace.push('after'))
      await clock.run()
      expect([trace[0], trace[4]]).toEqual(['before', 'after'])
      orders.add(trace.join(' '))
    }
    expect(orders.size).toBe(6)
  })
})

describe('running', () => {
  it('ends when only unref timers are left, but fires those that come before', async () => {
    const clock = createVirtualClock()
    const trace: number[] = []
    const poll = (): void => {
      trace.push(clock.now())
      clock.timer(10, poll, { ref: false })
    }
    clock.timer(10, poll, { ref: false })
    clock.timer(25, () => {})
    await clock.run()
    expect(trace).toEqual([10, 20])
    expect([clock.now(), clock.pending]).toEqual([25, 1])
  })

  it('runs until a time, inclusive, and stands there', async () => {
    const clock = createVirtualClock()
    const trace: number[] = []
    for (const ms of [1, 5, 6]) clock.timer(ms, () => trace.push(ms))
    await clock.runUntil(5)
    expect([trace, clock.now(), clock.coarse(), clock.pending]).toEqual([[1, 5], 5, 5, 1])
    await clock.runUntil(5.5)
    expect([clock.now(), clock.pending]).toEqual([5.5, 1])
    await clock.runUntil(3)
    expect(clock.now()).toBe(5.5)
  })

  it('passes on how driven work ends, and stops there', async () => {
    const clock = createVirtualClock()
    clock.timer(1000, () => {})
    expect(await clock.drive(clock.sleep(5).then(() => 'done'))).toBe('done')
    await expect(clock.drive(clock.sleep(5).then(() => Promise.reject(new Error('failed'))))).rejects.toThrow(
      'failed',
    )
    expect([clock.now(), clock.pending]).toEqual([10, 1])
  })

  it('says so when driven work can never settle', async () => {
    const clock = createVirtualClock()
    clock.timer(7, () => {})
    await expect(clock.drive(new Promise(() => {}))).rejects.toMatchObject({
      code: 'FUL-8002',
      params: { time: 7 },
    })
  })

  it('refuses to be run twice at once, and can be run again afterwards', async () => {
    const clock = createVirtualClock()
    const first = clock.run()
    await expect(clock.run()).rejects.toMatchObject({ code: 'FUL-8001' })
    await first
    await clock.run()
  })

  it('rejects with what a callback throws and goes on when run again', async () => {
    const clock = createVirtualClock()
    const trace: string[] = []
    clock.timer(1, () => {
      throw new Error('callback')
    })
    clock.timer(1, () => trace.push(`same instant ${clock.now()}`))
    clock.timer(2, () => trace.push(`later ${clock.now()}`))
    await expect(clock.run()).rejects.toThrow('callback')
    expect(clock.pending).toBe(2)
    await clock.run()
    expect(trace).toEqual(['same instant 1', 'later 2'])
    expect(clock.pending).toBe(0)
  })

  it('has a wall clock that starts where it is told', async () => {
    const clock: VirtualClock = createVirtualClock({ start: Date.UTC(2030, 1, 2) })
    await clock.runUntil(86_400_000)
    expect(new Date(clock.wall()).toISOString()).toBe('2030-02-03T00:00:00.000Z')
  })

  it('runs 100,000 timers of different instants in a few hundred milliseconds', async () => {
    const clock = createVirtualClock()
    const random = createSeededRandom(1)
    let fired = 0
    for (let index = 0; index < 100_000; index++) clock.timer(random.next() * 3_600_000, () => fired++)
    const start = performance.now()
    await clock.run()
    expect(fired).toBe(100_000)
    // Measured 400 ms; the bound only catches a change of order of magnitude.
    expect(performance.now() - start).toBeLessThan(5000)
  })
})
