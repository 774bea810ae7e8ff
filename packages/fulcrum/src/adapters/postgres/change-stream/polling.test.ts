import { expect, test } from 'vitest'
import { createVirtualClock } from '../../../kernel/clock-virtual.ts'
import { Polling } from './polling.ts'

function polling(every = 25, takes = 0) {
  const clock = createVirtualClock()
  const rounds: number[] = []
  const round = async (): Promise<void> => {
    rounds.push(clock.now())
    if (takes > 0) await clock.sleep(takes)
  }
  return { clock, rounds, polling: new Polling({ clock, every, round }) }
}

test('once a second at rest', async () => {
  const { clock, rounds, polling: subject } = polling()
  subject.start()
  await clock.runUntil(3_500)
  subject.stop()
  await clock.runUntil(10_000)
  expect(rounds).toEqual([0, 1_000, 2_000, 3_000])
})

test('often for a second after a use, which brings the next round forward', async () => {
  const { clock, rounds, polling: subject } = polling(100)
  subject.start()
  await clock.runUntil(1_500)
  subject.touch()
  await clock.runUntil(4_000)
  subject.stop()
  expect(rounds.slice(0, 5)).toEqual([0, 1_000, 1_500, 1_600, 1_700])
  expect(rounds.filter((at) => at >= 1_500 && at <= 2_500)).toHaveLength(11)
  expect(rounds.at(-1)).toBe(3_600)
})

test('a use right after a round does not bring another one at once', async () => {
  const { clock, rounds, polling: subject } = polling(100)
  subject.start()
  await clock.runUntil(1_010)
  subject.touch()
  subject.touch()
  await clock.runUntil(1_150)
  subject.stop()
  expect(rounds).toEqual([0, 1_000, 1_100])
})

test('one round at a time, and none after the stop', async () => {
  const { clock, rounds, polling: subject } = polling(25, 60)
  subject.start()
  subject.touch()
  await clock.runUntil(200)
  subject.stop()
  await clock.runUntil(2_000)
  expect(rounds).toEqual([0, 60, 120, 180])
})
