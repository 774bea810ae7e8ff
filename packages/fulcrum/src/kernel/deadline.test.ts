import { getEventListeners } from 'node:events'
import { describe, expect, it, vi } from 'vitest'
import { createVirtualClock, type VirtualClock } from './clock-virtual.ts'
import { Deadline } from './deadline.ts'
import { fulcrumError } from './errors/fulcrum-error.ts'

const operation = 'orders.place'
const exceeded = { code: 'FUL-3001', operation, params: { budget: '250ms' } }

const listeners = (signal: AbortSignal): number => getEventListeners(signal, 'abort').length

async function later(ms = 0): Promise<VirtualClock> {
  const clock = createVirtualClock()
  await clock.runUntil(ms)
  return clock
}

describe('a quiet deadline', () => {
  it('counts down on the coarse scale and is over when asked', async () => {
    const clock = await later(1000)
    const deadline = Deadline.after(clock, 250, { operation })
    expect([deadline.at, deadline.remaining(), deadline.expired()]).toEqual([1250, 250, false])
    deadline.throwIfOver()
    await clock.runUntil(1249)
    expect([deadline.remaining(), deadline.expired()]).toEqual([1, false])
    await clock.runUntil(1250)
    expect([deadline.remaining(), deadline.expired()]).toEqual([0, true])
    await clock.runUntil(2000)
    expect(deadline.remaining()).toBe(0)
    expect(() => deadline.throwIfOver()).toThrow(expect.objectContaining(exceeded) as Error)
  })

  it('makes no timer, no AbortController and no listener', async () => {
    const clock = await later()
    const controller = vi.spyOn(globalThis, 'AbortController')
    const external = new globalThis.AbortController()
    controller.mockClear()
    const parent = Deadline.after(clock, 250)
    parent.link(external.signal)
    using deadline = Deadline.after(clock, 100, { parent })
    deadline.throwIfOver()
    expect([deadline.expired(), deadline.remaining()]).toEqual([false, 100])
    expect([clock.pending, controller.mock.calls.length, listeners(external.signal)]).toEqual([0, 0, 0])
    // Would have been noticed:
    expect(deadline.signal.aborted).toBe(false)
    expect([clock.pending, controller.mock.calls.length, listeners(external.signal)]).toEqual([2, 1, 1])
    controller.mockRestore()
  })
})

describe('a watched deadline', () => {
  it('aborts its signal when the time has come, with the error', async () => {
    const clock = await later(1000)
    const deadline = Deadline.after(clock, 250, { operation })
    const { signal } = deadline
    expect(deadline.signal).toBe(signal)
    await clock.runUntil(1249.9)
    expect(signal.aborted).toBe(false)
    await clock.runUntil(1250)
    expect(signal.reason).toMatchObject(exceeded)
    expect(() => deadline.throwIfOver()).toThrow(signal.reason as Error)
  })

  it('tells its listeners once, in order, and not those that cancelled', async () => {
    const clock = await later()
    const deadline = Deadline.after(clock, 250, { operation })
    const trace: string[] = []
    deadline.onExpire(() => trace.push('first'))
    const cancelled = deadline.onExpire(() => trace.push('cancelled'))
    deadline.onExpire((reason) => trace.push(reason.code))
    cancelled.cancel()
    cancelled.cancel()
    expect(clock.pending).toBe(1)
    await clock.run()
    expect(trace).toEqual(['first', 'FUL-3001'])
    expect(clock.now()).toBe(250)
  })

  it('keeps registrations of the same function apart', async () => {
    const clock = await later()
    const deadline = Deadline.after(clock, 250)
    const listener = vi.fn()
    deadline.onExpire(listener)
    const second = deadline.onExpire(listener)
    second.cancel()
    second.cancel()
    await clock.run()
    expect(listener).toHaveBeenCalledOnce()
  })

  it('is over at once when it is too late already', async () => {
    const clock = await later(10)
    const deadline = Deadline.after(clock, 0, { operation })
    const listener = vi.fn()
    deadline.onExpire(listener)
    expect(listener).toHaveBeenCalledOnce()
    expect(deadline.signal.aborted).toBe(true)
    expect(clock.pending).toBe(0)
  })

  it('lets go of everything when it is disposed, and never ends afterwards', async () => {
    const clock = await later()
    const external = new AbortController()
    const parent = Deadline.after(clock, 500)
    const deadline = Deadline.after(clock, 250, { parent })
    deadline.link(external.signal)
    const listener = vi.fn()
    deadline.onExpire(listener)
    const { signal } = deadline
    deadline[Symbol.dispose]()
    parent[Symbol.dispose]()
    expect([clock.pending, listeners(external.signal)]).toEqual([0, 0])
    external.abort()
    deadline.end(fulcrumError('FUL-2010', {}))
    deadline.link(AbortSignal.abort())
    await clock.runUntil(1000)
    expect([listener.mock.calls.length, signal.aborted]).toEqual([0, false])
  })

  it('does nothing for watchers that come after disposal', async () => {
    const clock = await later()
    const deadline = Deadline.after(clock, 250)
    deadline[Symbol.dispose]()
    const { signal } = deadline
    await clock.run()
    expect([clock.pending, signal.aborted]).toEqual([0, false])
  })
})

describe('a linked signal', () => {
  it.each<['before' | 'after', string]>([
    ['before', 'reading the signal'],
    ['after', 'reading the signal'],
  ])('ends the deadline when linked %s %s', async (when) => {
    const clock = await later()
    const external = new AbortController()
    const deadline = Deadline.after(clock, 250, { operation })
    if (when === 'before') deadline.link(external.signal)
    const { signal } = deadline
    if (when === 'after') deadline.link(external.signal)
    external.abort(new Error('socket closed'))
    expect(signal.reason).toMatchObject({
      code: 'FUL-2010',
      operation,
      cause: external.signal.reason as Error,
    })
    expect(deadline.expired()).toBe(false)
    expect(() => deadline.throwIfOver()).toThrow(signal.reason as Error)
    expect([clock.pending, listeners(external.signal)]).toEqual([0, 0])
  })

  it('is noticed by a quiet deadline, with its own error as the reason if it is one of ours', async () => {
    const deadline = Deadline.after(await later(), 250)
    const reason = fulcrumError('FUL-3003', {})
    deadline.link(AbortSignal.abort(reason))
    expect(() => deadline.throwIfOver()).toThrow(reason)
    expect(deadline.signal.reason).toBe(reason)
  })

  it('may be one of several', async () => {
    for (const which of [0, 1]) {
      const controllers = [new AbortController(), new AbortController()]
      const deadline = Deadline.after(await later(), Infinity)
      for (const { signal } of controllers) deadline.link(signal)
      controllers[which]?.abort()
      expect(deadline.signal.aborted).toBe(true)
    }
  })

  it('releases the listener when the deadline comes first', async () => {
    const clock = await later()
    const external = new AbortController()
    const deadline = Deadline.after(clock, 250)
    deadline.link(external.signal)
    deadline.onExpire(() => {})
    expect(listeners(external.signal)).toBe(1)
    await clock.run()
    expect(listeners(external.signal)).toBe(0)
  })
})

describe('a parent', () => {
  it('is not outlasted, and gives the budget that the error names', async () => {
    const clock = await later()
    const parent = Deadline.after(clock, 250)
    const child = Deadline.after(clock, 1000, { parent, operation })
    expect(child.at).toBe(250)
    await clock.runUntil(250)
    expect(() => child.throwIfOver()).toThrow(expect.objectContaining(exceeded) as Error)
  })

  it('is not affected by the end of a shorter child', async () => {
    const clock = await later()
    const parent = Deadline.after(clock, 250)
    const child = Deadline.after(clock, 100, { parent })
    const { signal } = child
    await clock.runUntil(200)
    expect([signal.aborted, parent.signal.aborted]).toEqual([true, false])
  })

  it('hands down what is linked to it, watched or not', async () => {
    const clock = await later()
    const external = new AbortController()
    const parent = Deadline.after(clock, 250)
    parent.link(external.signal)
    const quiet = Deadline.after(clock, 100, { parent })
    const watched = Deadline.after(clock, 100, { parent })
    const { signal } = watched
    external.abort()
    expect(signal.reason).toMatchObject({ code: 'FUL-2010' })
    expect(() => quiet.throwIfOver()).toThrow(expect.objectContaining({ code: 'FUL-2010' }) as Error)
  })

  it('keeps no finished child', async () => {
    const clock = await later()
    const external = new AbortController()
    const parent = Deadline.after(clock, 250)
    parent.link(external.signal)
    const ended = vi.fn()
    for (let index = 0; index < 10; index++) {
      using child = Deadline.after(clock, 100, { parent })
      child.onExpire(ended)
    }
    expect(listeners(external.signal)).toBe(1)
    external.abort()
    expect(ended).not.toHaveBeenCalled()
  })
})

describe('ending by hand', () => {
  it('aborts with the reason, once', async () => {
    const clock = await later()
    const deadline = Deadline.after(clock, 250)
    const { signal } = deadline
    const [first, second] = [fulcrumError('FUL-2010', {}), fulcrumError('FUL-3003', {})]
    deadline.end(first)
    deadline.end(second)
    expect(signal.reason).toBe(first)
    expect(() => deadline.throwIfOver()).toThrow(first)
    expect(clock.pending).toBe(0)
  })

  it('works on a quiet deadline without arming anything', async () => {
    const clock = await later()
    const deadline = Deadline.after(clock, 250)
    const reason = fulcrumError('FUL-2010', {})
    deadline.end(reason)
    expect(() => deadline.throwIfOver()).toThrow(reason)
    expect(deadline.signal.reason).toBe(reason)
    expect(clock.pending).toBe(0)
  })
})

describe('no deadline', () => {
  it('is never over and keeps nothing', async () => {
    const { none } = Deadline
    none.end(fulcrumError('FUL-2010', {}))
    none.throwIfOver()
    expect([none.at, none.remaining(), none.expired(), none.signal.aborted]).toEqual([
      Infinity,
      Infinity,
      false,
      false,
    ])
    none.onExpire(() => expect.fail('over')).cancel()
    none[Symbol.dispose]()
    expect(none.signal).not.toBe(none.signal)
    expect(() => none.link(new AbortController().signal)).toThrow(TypeError)
  })

  it('is later than any other', async () => {
    const clock = await later()
    const deadline = Deadline.after(clock, 250)
    expect(Deadline.none.min(deadline)).toBe(deadline)
    expect(deadline.min(Deadline.none)).toBe(deadline)
    expect(Deadline.after(clock, 100, { parent: Deadline.none }).at).toBe(100)
    expect(Deadline.none.min(Deadline.after(clock, Infinity))).toBe(Deadline.none)
  })

  it('of its own takes links but arms no alarm', async () => {
    const clock = await later()
    const external = new AbortController()
    const deadline = Deadline.after(clock, Infinity)
    deadline.link(external.signal)
    const { signal } = deadline
    expect([deadline.remaining(), clock.pending]).toEqual([Infinity, 0])
    external.abort()
    expect(signal.aborted).toBe(true)
  })
})
