import { describe, expect, it } from 'vitest'
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
    const cached = { cache: { strategy: 'aside', ttl: '1s' } } as const
    expect(() => wrap((id: string) => id, cached, { name: 'find' })).toThrow(/find.*cache/s)
    expect(() => wrap((id: string) => id, { latency: { deadlin: '1s' } } as never)).toThrow(/deadline/)
  })
})
