import { EventEmitter } from 'node:events'
import { describe, expect, it } from 'vitest'
import { callsInFlight, type Channel } from './calls-in-flight.ts'

function channel(destroyed = false): Channel {
  return Object.assign(new EventEmitter(), { destroyed })
}

function calls(count: number): { aborted: number[]; list: { abort(): void }[] } {
  const aborted: number[] = []
  return { aborted, list: Array.from({ length: count }, (_, id) => ({ abort: () => void aborted.push(id) })) }
}

describe('the calls of a connection', () => {
  it('end when it closes, those that are over excepted', () => {
    const socket = channel()
    const { aborted, list } = calls(5)
    for (const call of list) callsInFlight(socket).add(call)
    for (const index of [0, 3, 3]) callsInFlight(socket).delete(list[index] as { abort(): void })
    expect(callsInFlight(socket).count).toBe(3)
    socket.emit('close')
    expect(aborted.toSorted((a, b) => a - b)).toEqual([1, 2, 4])
    expect(callsInFlight(socket).count).toBe(0)
  })

  it('end at once when it is closed already', () => {
    const { aborted, list } = calls(1)
    callsInFlight(channel(true)).add(list[0] as { abort(): void })
    expect(aborted).toEqual([0])
  })

  it('share one listener, however many there are', () => {
    const socket = channel()
    const { list } = calls(50)
    for (const call of list) callsInFlight(socket).add(call)
    expect(socket.listenerCount('close')).toBe(1)
  })
})
