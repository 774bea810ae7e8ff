import { expect, it } from 'vitest'
import { createVirtualClock } from '../../kernel/clock-virtual.ts'
import { createSeededRandom } from '../../kernel/random-seeded.ts'
import { MemoryStore } from '../runtime/store.fixture.ts'
import type { Sweeper } from '../sweeper.ts'
import { answerSweeper, type AnswerSweeperParts } from './answer-sweeper.ts'

function sweeping(deletes: (most: number) => number): {
  readonly clock: ReturnType<typeof createVirtualClock>
  readonly sweeper: Sweeper
  readonly reports: readonly string[]
} {
  const clock = createVirtualClock()
  const reports: string[] = []
  const log = { forgetExpired: async (_runner: unknown, most: number) => deletes(most) }
  const sweeper = answerSweeper({
    store: new MemoryStore(clock),
    idempotencyLog: log as unknown as AnswerSweeperParts['idempotencyLog'],
    clock,
    random: createSeededRandom(1),
    log: (line) => reports.push(line),
  })
  sweeper.start()
  return { clock, sweeper, reports }
}

it('deletes batch after batch while there is more, and looks again about a minute later', async () => {
  let left = 2_500
  const batches: number[] = []
  const { clock, sweeper } = sweeping((most) => {
    const deleted = Math.min(most, left)
    left -= deleted
    batches.push(deleted)
    return deleted
  })
  await clock.runUntil(90_000)
  expect(batches).toEqual([1_000, 1_000, 500])
  await clock.runUntil(180_000)
  expect(batches.length).toBeGreaterThan(3)
  await clock.drive(sweeper.stop())
  const before = batches.length
  await clock.runUntil(500_000)
  expect(batches).toHaveLength(before)
})

it('says what stands in the way, and goes on', async () => {
  let times = 0
  const { clock, sweeper, reports } = sweeping(() => {
    times += 1
    if (times === 1) throw new Error('the table is locked')
    return 0
  })
  await clock.runUntil(300_000)
  expect(reports).toEqual([expect.stringContaining('the table is locked')])
  expect(times).toBeGreaterThan(1)
  await clock.drive(sweeper.stop())
})
