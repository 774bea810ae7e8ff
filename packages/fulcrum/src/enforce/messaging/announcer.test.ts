import { expect, it } from 'vitest'
import { createVirtualClock, type VirtualClock } from '../../kernel/clock-virtual.ts'
import { Announcer } from './announcer.ts'

function told(): { clock: VirtualClock; announcer: Announcer; at: number[] } {
  const clock = createVirtualClock({ start: 0 })
  const at: number[] = []
  return { clock, at, announcer: new Announcer(clock, () => at.push(clock.now())) }
}

it('tells at once, and of all that follows within 5 ms together', async () => {
  const { clock, announcer, at } = told()
  announcer.announce()
  expect(at).toEqual([0])
  await clock.runUntil(clock.now() + 2)
  announcer.announce()
  announcer.announce()
  await clock.runUntil(clock.now() + 2)
  announcer.announce()
  expect(at).toEqual([0])
  await clock.runUntil(clock.now() + 20)
  expect(at).toEqual([0, 5])
  announcer.announce()
  expect(at).toEqual([0, 5, 24])
})

it('tells no more than 200 times a second, however much there is', async () => {
  const { clock, announcer, at } = told()
  for (let ms = 0; ms < 1_000; ms++) {
    announcer.announce()
    await clock.runUntil(clock.now() + 1)
  }
  expect(at.length).toBeGreaterThan(150)
  expect(at.length).toBeLessThanOrEqual(201)
})

it('tells nothing when it was stopped', async () => {
  const { clock, announcer, at } = told()
  announcer.announce()
  announcer.announce()
  announcer.stop()
  await clock.runUntil(clock.now() + 100)
  expect(at).toEqual([0])
})
