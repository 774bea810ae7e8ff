import { describe, expect, it } from 'vitest'
import { createVirtualClock } from '../../kernel/clock-virtual.ts'
import { createSeededRandom } from '../../kernel/random-seeded.ts'
import { KeyTraffic } from './key-traffic.ts'

interface Traffic {
  readonly seconds: number
  /** Look-ups per second. */
  readonly hot: number
  readonly others: number
}

function world() {
  const clock = createVirtualClock()
  const traffic = new KeyTraffic('catalog.get', { clock, random: createSeededRandom('traffic') })
  /** Looks one key up again and again, and others that come once each. */
  const look = async ({ seconds, hot, others }: Traffic) => {
    for (let second = 0; second < seconds; second += 1) {
      for (let index = 0; index < hot; index += 1) traffic.note('hot')
      for (let index = 0; index < others; index += 1) traffic.note(`${clock.now()}-${index}`)
      await clock.runUntil(clock.now() + 1_000)
    }
  }
  return { clock, traffic, look }
}

describe('the traffic of keys', () => {
  it('finds the hot one among many, and how hot it is', async () => {
    const { traffic, look } = world()
    await look({ seconds: 10, hot: 1_000, others: 1_000 })
    const [hottest, ...others] = traffic.hot
    expect(others).toEqual([])
    expect(hottest).toMatchObject({ operation: 'catalog.get', key: 'hot' })
    expect(hottest?.share).toBeGreaterThan(0.4)
    expect(hottest?.share).toBeLessThan(0.6)
    expect(hottest?.perSecond).toBeGreaterThan(800)
    expect(hottest?.perSecond).toBeLessThan(1_200)
  })

  it('finds none where all are alike', async () => {
    const { traffic, look } = world()
    await look({ seconds: 10, hot: 0, others: 5_000 })
    expect(traffic.hot).toEqual([])
  })

  it('finds none in a few look-ups, whatever part of them they are', async () => {
    const { traffic, look } = world()
    await look({ seconds: 10, hot: 5, others: 0 })
    expect(traffic.hot).toEqual([])
  })

  it('tells of a span that is over, as long as it is the last', async () => {
    const { clock, traffic, look } = world()
    await look({ seconds: 5, hot: 1_000, others: 0 })
    expect(traffic.hot).toEqual([])
    await clock.runUntil(clock.now() + 5_000)
    expect(traffic.hot).toHaveLength(1)
    await clock.runUntil(clock.now() + 9_999)
    expect(traffic.hot).toHaveLength(1)
    await clock.runUntil(clock.now() + 1)
    expect(traffic.hot).toEqual([])
  })
})
