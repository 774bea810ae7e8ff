import { describe, expect, it } from 'vitest'
import { createVirtualClock } from './clock-virtual.ts'
import { Disposer } from './disposal.ts'

describe('Disposer', () => {
  it('stops parts one after the other, the last first', async () => {
    const clock = createVirtualClock()
    const disposer = new Disposer(clock)
    const trace: string[] = []
    for (const name of ['pool', 'server', 'poller']) {
      disposer.use(name, async () => {
        trace.push(`${name} stops`)
        await clock.sleep(10)
        trace.push(`${name} stopped`)
      })
    }
    expect(await clock.drive(disposer.dispose())).toEqual([])
    expect(trace).toEqual(
      ['poller', 'server', 'pool'].flatMap((name) => [`${name} stops`, `${name} stopped`]),
    )
    expect([clock.now(), clock.pending]).toEqual([30, 0])
  })

  it('goes on when a part throws, rejects or hangs, and says which did', async () => {
    const clock = createVirtualClock()
    const disposer = new Disposer(clock, { limit: 1000 })
    const stopped: string[] = []
    disposer.use('first', () => void stopped.push('first'))
    disposer.use('hangs', () => new Promise(() => {}))
    disposer.use('hangs longer', () => new Promise(() => {}), 3000)
    disposer.use('rejects', () => Promise.reject(new Error('rejected')))
    disposer.use('throws', () => {
      throw new Error('thrown')
    })
    const failures = await clock.drive(disposer.dispose())
    expect(failures).toMatchObject([
      { part: 'throws', error: { message: 'thrown' } },
      { part: 'rejects', error: { message: 'rejected' } },
      { part: 'hangs longer', error: { code: 'FUL-3011', params: { part: 'hangs longer', limit: '3s' } } },
      { part: 'hangs', error: { code: 'FUL-3011', params: { part: 'hangs', limit: '1s' } } },
    ])
    expect(stopped).toEqual(['first'])
    expect(clock.now()).toBe(4000)
  })

  it('disposes once, however often it is asked', async () => {
    const clock = createVirtualClock()
    const disposer = new Disposer(clock)
    let times = 0
    disposer.use('part', () => void times++)
    const [first, second] = [disposer.dispose(), disposer.dispose()]
    await clock.drive(Promise.all([first, second]))
    expect(second).toBe(first)
    expect(times).toBe(1)
  })

  it('takes no more parts once disposal has begun', async () => {
    const disposer = new Disposer(createVirtualClock())
    await disposer.dispose()
    expect(() => disposer.use('late', () => {})).toThrow(
      expect.objectContaining({ code: 'FUL-3012' }) as Error,
    )
  })

  it('throws the failures at the end of `await using`', async () => {
    const failing = async (): Promise<void> => {
      await using disposer = new Disposer(createVirtualClock())
      disposer.use('part', () => Promise.reject(new Error('rejected')))
    }
    await expect(failing()).rejects.toThrow('Failed to stop: part')
    await using fine = new Disposer(createVirtualClock())
    fine.use('part', () => {})
  })
})
