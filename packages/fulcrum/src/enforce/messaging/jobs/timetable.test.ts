import { describe, expect, it } from 'vitest'
import { job } from '../../../declare/job.ts'
import { createVirtualClock, type VirtualClock } from '../../../kernel/clock-virtual.ts'
import { createSeededRandom } from '../../../kernel/random-seeded.ts'
import { plan } from '../../../plan/compile-plan.ts'
import { type JobTerms, jobTerms } from './job-terms.ts'
import { MemoryQueue } from './memory-queue.fixture.ts'
import { Timetable, timedId } from './timetable.ts'

const MINUTE = 60_000
const nightly = job('reports.nightly', { schedule: { cron: '* * * * *', timeZone: 'Europe/Berlin' } })
const store = {
  name: 'memory',
  replicas: false,
  pipelining: false,
  positions: true,
  changeStream: false,
  queue: true,
}
const module = { name: 'reports', db: undefined, migrations: undefined }
const terms = jobTerms(nightly, plan(nightly, module, { store })) as JobTerms

function timetable(clock: VirtualClock, queue: MemoryQueue): Timetable {
  const schedule = { cron: '* * * * *', timeZone: 'UTC' }
  const parts = { clock, random: createSeededRandom(1), log: () => {}, added: () => {} }
  return new Timetable({ ...parts, queue, terms, schedule })
}

describe('a timetable', () => {
  it('adds a job at each time, once over all instances', async () => {
    const clock = createVirtualClock()
    const queue = new MemoryQueue(clock)
    const now = clock.wall()
    queue.times = [1, 2, 3, 4].map((n) => now + n * MINUTE)
    const instances = [timetable(clock, queue), timetable(clock, queue)]
    instances.forEach((one) => one.start())
    await clock.runUntil(clock.now() + 3.5 * MINUTE)
    expect([...queue.jobs.keys()]).toEqual([1, 2, 3].map((n) => timedId('reports.nightly', now + n * MINUTE)))
    await Promise.all(instances.map((one) => one.close()))
  })

  it('makes up for the last time of the past hour that nobody was there for', async () => {
    const clock = createVirtualClock()
    const queue = new MemoryQueue(clock)
    const now = clock.wall()
    queue.times = [now - 50 * MINUTE, now - 20 * MINUTE, now + 100 * MINUTE]
    const late = timetable(clock, queue)
    late.start()
    await clock.runUntil(clock.now() + MINUTE)
    expect([...queue.jobs.keys()]).toEqual([timedId('reports.nightly', now - 20 * MINUTE)])
    await late.close()
  })

  it('adds it when the queue can be reached again, and of several that were missed the last', async () => {
    const clock = createVirtualClock()
    const queue = new MemoryQueue(clock)
    const now = clock.wall()
    queue.times = [now + MINUTE]
    queue.failures.set('add', new Error('not there'))
    const one = timetable(clock, queue)
    one.start()
    await clock.runUntil(clock.now() + 2 * MINUTE)
    expect(queue.jobs.size).toBe(1)
    await one.close()
  })

  it('names a job after its time, as a UUID of version 8', () => {
    expect(timedId('a.b', 1)).toMatch(/^[\da-f]{8}-[\da-f]{4}-8[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/)
    expect(timedId('a.b', 1)).not.toBe(timedId('a.b', 2))
    expect(timedId('a.b', 1)).not.toBe(timedId('a.c', 1))
  })
})
