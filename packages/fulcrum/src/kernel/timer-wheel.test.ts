import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import type { Timer } from './clock.ts'
import { TimerWheel } from './timer-wheel.ts'

describe('TimerWheel', () => {
  it('never fires early, and fires at the first advance that is late enough', () => {
    const wheel = new TimerWheel(0)
    const fired = vi.fn()
    wheel.add(10.2, fired)
    wheel.advance(10.9)
    expect(fired).not.toHaveBeenCalled()
    wheel.advance(11)
    expect(fired).toHaveBeenCalledOnce()
    wheel.advance(5000)
    expect(fired).toHaveBeenCalledOnce()
  })

  it('fires a time that has passed already at the next tick', () => {
    const wheel = new TimerWheel(100)
    const fired = vi.fn()
    wheel.add(3, fired)
    wheel.advance(100.9)
    expect(fired).not.toHaveBeenCalled()
    wheel.advance(101)
    expect(fired).toHaveBeenCalledOnce()
  })

  it('goes on with the rest when a callback throws', () => {
    const wheel = new TimerWheel(0)
    const fired = vi.fn()
    wheel.add(1, () => {
      throw new Error('callback')
    })
    wheel.add(1, fired)
    expect(() => wheel.advance(1)).toThrow('callback')
    wheel.advance(1)
    expect(fired).toHaveBeenCalledOnce()
    expect(wheel.size).toBe(0)
  })

  it('lets a callback cancel a timer of the same tick and arm a new one', () => {
    const wheel = new TimerWheel(0)
    const cancelled = vi.fn()
    const armed = vi.fn()
    wheel.add(1, () => {
      other.cancel()
      wheel.add(0, armed)
    })
    const other = wheel.add(1, cancelled)
    wheel.advance(1)
    expect([cancelled.mock.calls.length, armed.mock.calls.length]).toEqual([0, 0])
    wheel.advance(2)
    expect([cancelled.mock.calls.length, armed.mock.calls.length]).toEqual([0, 1])
  })

  it('ignores cancelling what has fired or is cancelled', () => {
    const wheel = new TimerWheel(0)
    const first = wheel.add(1, () => {})
    const second = wheel.add(5, () => {})
    wheel.advance(1)
    first.cancel()
    expect(wheel.size).toBe(1)
    second.cancel()
    second.cancel()
    expect(wheel.size).toBe(0)
  })
})

/** What the wheel has to do, done in the most obvious way. */
class NaiveTimers {
  #armed: { id: number; tick: number }[] = []
  #now = 0

  add(id: number, at: number): void {
    this.#armed.push({ id, tick: Math.max(Math.ceil(at), this.#now + 1) })
  }

  cancel(id: number): void {
    this.#armed = this.#armed.filter((timer) => timer.id !== id)
  }

  advance(now: number): number[] {
    this.#now = Math.max(this.#now, Math.floor(now))
    const due = this.#armed.filter(({ tick }) => tick <= this.#now)
    this.#armed = this.#armed.filter(({ tick }) => tick > this.#now)
    return due.toSorted((a, b) => a.tick - b.tick).map(({ id }) => id)
  }

  get size(): number {
    return this.#armed.length
  }
}

const small = fc.double({ min: 0, max: 60, noNaN: true })
const large = fc.double({ min: 0, max: 5000, noNaN: true })
const step = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant('add' as const), amount: fc.oneof(small, large) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('cancel' as const), amount: fc.nat(50) }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('advance' as const), amount: fc.oneof(small, large) }),
  },
)

it('agrees with the naive model over any sequence of arming, cancelling and advancing', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const wheel = new TimerWheel(0)
      const model = new NaiveTimers()
      const timers: Timer[] = []
      let fired: number[] = []
      let now = 0
      for (const { do: action, amount } of steps) {
        if (action === 'add') {
          const id = timers.length
          timers.push(wheel.add(now + amount, () => fired.push(id)))
          model.add(id, now + amount)
        } else if (action === 'cancel') {
          timers[amount]?.cancel()
          if (timers[amount] !== undefined) model.cancel(amount)
        } else {
          now += amount
          fired = []
          wheel.advance(now)
          const expected = model.advance(now)
          // Beyond a whole turn the order is not promised.
          if (amount > 1000) expect(new Set(fired)).toEqual(new Set(expected))
          else expect(fired).toEqual(expected)
        }
        expect(wheel.size).toBe(model.size)
      }
    }),
    { numRuns: 500 },
  )
})
