import { describe, expect, it, vi } from 'vitest'
import { createVirtualClock } from '../kernel/clock-virtual.ts'
import { wrap } from './wrap.ts'

describe('wrap', () => {
  const clock = createVirtualClock()

  it('returns what the function returns', async () => {
    const double = wrap((n: number) => n * 2, {})
    await expect(double(21)).resolves.toBe(42)
  })

  it('ends it at its deadline and tells it so', async () => {
    let reason: unknown
    const hang = (_: void, { signal }: { signal: AbortSignal }): Promise<never> => {
      signal.addEventListener('abort', () => {
        reason = signal.reason
      })
      return new Promise(() => {})
    }
    const quote = wrap(hang, { latency: { deadline: '250ms' } }, { clock, name: 'quote' })
    const started = clock.now()
    await expect(clock.drive(quote())).rejects.toMatchObject({ code: 'FUL-3001', operation: 'quote' })
    expect(clock.now() - started).toBe(250)
    expect(reason).toMatchObject({ code: 'FUL-3001' })
  })

  it('ends it when its caller goes away', async () => {
    const controller = new AbortController()
    const hang = wrap(() => new Promise<never>(() => {}), {}, { clock })
    clock.timer(10, () => controller.abort())
    await expect(clock.drive(hang(undefined, { signal: controller.signal }))).rejects.toMatchObject({
      code: 'FUL-2010',
    })
  })

  it('refuses what it does not enforce, at once and by name', () => {
    const hedged = { latency: { hedge: { after: 'p95', budget: '2%' } } } as const
    expect(() => wrap((id: string) => id, hedged, { name: 'find' })).toThrow(/find.*hedge/s)
    expect(() => wrap((id: string) => id, { latency: { deadlin: '1s' } } as never)).toThrow(/deadline/)
  })

  it('caches for a time, and reads once for all who ask at once', async () => {
    const clock = createVirtualClock()
    const read = vi.fn(async ({ id }: { id: string }) => {
      await clock.sleep(50)
      return { id, read: clock.now() }
    })
    const contract = { cache: { strategy: 'aside', ttl: '1s', jitter: 0 } } as const
    const find = wrap(read, contract, { clock, name: 'find' })
    const all = await clock.drive(Promise.all([find({ id: 'a' }), find({ id: 'a' }), find({ id: 'b' })]))
    expect(all.map(({ read: at }) => at)).toEqual([50, 50, 50])
    expect(read).toHaveBeenCalledTimes(2)
    await clock.drive(find({ id: 'a' }))
    expect(read).toHaveBeenCalledTimes(2)
    await clock.drive(clock.sleep(1_000))
    await clock.drive(find({ id: 'a' }))
    expect(read).toHaveBeenCalledTimes(3)
  })

  it('lets an expired answer stand in for a failing origin, for as long as its grace', async () => {
    const clock = createVirtualClock()
    const read = vi.fn(async () => 'answer')
    const contract = { cache: { strategy: 'aside', ttl: '1s', grace: '1m', jitter: 0 } } as const
    const find = wrap(read, contract, { clock, name: 'find' })
    await clock.drive(find(undefined))
    read.mockRejectedValue(new Error('gone'))
    await clock.drive(clock.sleep(2_000))
    await expect(clock.drive(find(undefined))).resolves.toBe('answer')
    await clock.drive(clock.sleep(60_000))
    await expect(clock.drive(find(undefined))).rejects.toThrow('gone')
  })
})
