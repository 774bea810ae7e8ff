import { describe, expect, it } from 'vitest'
import { createVirtualClock } from '../../../kernel/clock-virtual.ts'
import { createSeededRandom } from '../../../kernel/random-seeded.ts'
import type { NewJob } from '../../../ports/queue.ts'
import { Lookout } from './lookout.ts'
import { MemoryQueue } from './memory-queue.fixture.ts'
import type { Worker } from './worker.ts'

const newJob: NewJob = {
  id: '1',
  queue: 'm.work',
  input: undefined,
  startAt: undefined,
  priority: 0,
  key: undefined,
}

function world(names: readonly string[] = ['m.work']) {
  const clock = createVirtualClock()
  const queue = new MemoryQueue(clock)
  const woken: string[] = []
  const log: string[] = []
  const workers = new Map(names.map((name) => [name, { wake: () => woken.push(name) } as unknown as Worker]))
  const lookout = new Lookout({
    clock,
    random: createSeededRandom(1),
    log: (line) => log.push(line),
    queue,
    workers,
  })
  return { clock, queue, woken, log, lookout, forward: (ms: number) => clock.runUntil(clock.now() + ms) }
}

describe('the look-out', () => {
  it('moves what was committed here at once, and wakes the worker', async () => {
    const { clock, queue, woken, lookout, forward } = world()
    lookout.start()
    await forward(10_000)
    queue.committed.push(newJob)
    lookout.committed()
    await forward(5)
    expect(queue.states()).toEqual(['waiting'])
    expect(woken).toContain('m.work')
    await clock.drive(lookout.close())
  })

  it('sees within a second what other instances have left behind, or enqueued', async () => {
    const { clock, queue, woken, lookout, forward } = world()
    lookout.start()
    await forward(10_000)
    queue.committed.push(newJob)
    await forward(1_100)
    expect(woken).toContain('m.work')
    await clock.drive(lookout.close())
  })

  it('asks about once a second while there is nothing', async () => {
    const { clock, queue, lookout, forward } = world()
    lookout.start()
    await forward(10_000)
    queue.calls.length = 0
    await forward(60_000)
    expect(queue.calls.length).toBeLessThanOrEqual(125)
    expect(queue.calls.length).toBeGreaterThanOrEqual(55)
    await clock.drive(lookout.close())
  })

  it('goes on when the database is back, and says once that it was away', async () => {
    const { clock, queue, log, lookout, forward } = world()
    queue.failures.set('outlook', new Error('away'))
    lookout.start()
    await forward(20_000)
    expect(log).toEqual(['the look-out for jobs: away', 'the look-out for jobs: works again'])
    await clock.drive(lookout.close())
  })

  it('moves its own, and looks for no others, where it has no workers', async () => {
    const { clock, queue, lookout, forward } = world([])
    lookout.start()
    queue.committed.push(newJob)
    lookout.committed()
    await forward(10_000)
    expect(queue.calls).toEqual(['move 1', 'move 0'])
    await clock.drive(lookout.close())
  })
})
