import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Clock } from '../../kernel/clock.ts'
import { createVirtualClock } from '../../kernel/clock-virtual.ts'
import { InFlight, type Waiting } from './in-flight.ts'

class Recorded implements Waiting {
  readonly dueAt: number
  readonly #clock: Clock
  before: Waiting | undefined
  after: Waiting | undefined
  expiredAt: number | undefined

  constructor(clock: Clock, timeout: number) {
    this.#clock = clock
    this.dueAt = clock.coarse() + timeout
  }

  expire(): void {
    this.expiredAt = this.#clock.now()
  }
}

describe('what is in flight', () => {
  it('is over in its time, each on its own, and what was answered never', async () => {
    const action = fc.record({ pause: fc.nat(60), answer: fc.option(fc.nat(150)) })
    await fc.assert(
      fc.asyncProperty(fc.array(action, { maxLength: 60 }), async (actions) => {
        const clock = createVirtualClock()
        const inFlight = new InFlight(clock)
        const all: { readonly waiting: Recorded; readonly isAnswered: boolean }[] = []
        for (const { pause, answer } of actions) {
          const waiting = new Recorded(clock, 100)
          inFlight.add(waiting)
          const isAnswered = answer !== null && answer < 100
          all.push({ waiting, isAnswered })
          if (isAnswered) clock.timer(answer, () => inFlight.remove(waiting))
          await clock.drive(clock.sleep(pause))
        }
        await clock.run()
        expect(inFlight.size).toBe(0)
        for (const { waiting, isAnswered } of all)
          expect(waiting.expiredAt).toBe(isAnswered ? undefined : waiting.dueAt)
      }),
      { numRuns: 100 },
    )
  })

  it('waits for one alarm, however much it is', () => {
    const clock = createVirtualClock()
    const inFlight = new InFlight(clock)
    for (let count = 0; count < 1_000; count += 1) inFlight.add(new Recorded(clock, 100))
    expect([inFlight.size, clock.pending]).toEqual([1_000, 1])
  })

  it('is given a turn of the event loop for answers that have arrived while this process paused', async () => {
    const clock = createVirtualClock()
    const inFlight = new InFlight(clock)
    const waiting = new Recorded(clock, 100)
    inFlight.add(waiting)
    clock.timer(100, () => clock.timer(0, () => inFlight.remove(waiting)))
    await clock.run()
    expect(waiting.expiredAt).toBeUndefined()
  })
})
