import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type HeapTimer, TimerHeap } from './timer-heap.ts'

const noop = (): void => {}

describe('TimerHeap', () => {
  it('gives timers in the order of time and, within one, of arming', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(20), { maxLength: 300 }), (times) => {
        const heap = new TimerHeap()
        for (const at of times) heap.add(at, true, noop)
        const order = times.map((at, sequence) => ({ at, sequence })).toSorted((a, b) => a.at - b.at)
        expect(drain(heap).map(({ at, sequence }) => ({ at, sequence }))).toEqual(order)
      }),
    )
  })

  it('keeps order and counts while timers are cancelled, also past the sweep', () => {
    const cancelled = fc.array(
      fc.tuple(
        fc.nat(1000),
        fc.boolean(),
        fc.nat(3).map((n) => n > 0),
      ),
      {
        minLength: 100,
        maxLength: 400,
      },
    )
    fc.assert(
      fc.property(cancelled, (plan) => {
        const heap = new TimerHeap()
        const timers = plan.map(([at, ref]) => heap.add(at, ref, noop))
        plan.forEach(([, , cancel], index) => cancel && timers[index]?.cancel())
        const live = timers.filter((_, index) => plan[index]?.[2] === false)
        expect([heap.size, heap.refs]).toEqual([live.length, live.filter(({ ref }) => ref).length])
        expect(drain(heap)).toEqual(live.toSorted((a, b) => a.at - b.at || a.sequence - b.sequence))
        expect([heap.size, heap.refs]).toEqual([0, 0])
      }),
    )
  })

  it('takes a popped timer once, unless it is cancelled before', () => {
    const heap = new TimerHeap()
    heap.add(1, true, noop)
    heap.add(2, true, noop)
    const [first, second] = [heap.pop(), heap.pop()] as [HeapTimer, HeapTimer]
    expect(heap.take(first)).toBe(noop)
    expect(heap.take(first)).toBeUndefined()
    second.cancel()
    expect(heap.take(second)).toBeUndefined()
    expect([heap.size, heap.refs]).toEqual([0, 0])
  })
})

function drain(heap: TimerHeap): HeapTimer[] {
  const order: HeapTimer[] = []
  for (let timer = heap.pop(); timer !== undefined; timer = heap.pop()) {
    order.push(timer)
    heap.take(timer)
  }
  return order
}
