import { describe, expect, it } from 'vitest'
import { job } from '../../../declare/job.ts'
import type { JobContext } from '../../../declare/context.ts'
import { createVirtualClock, type VirtualClock } from '../../../kernel/clock-virtual.ts'
import { silentObserver } from '../../../kernel/observer.ts'
import { createSeededRandom } from '../../../kernel/random-seeded.ts'
import type { Plan } from '../../../plan/plan.ts'
import { createRuntime } from '../../runtime/create-runtime.ts'
import { MemoryQueue } from './memory-queue.fixture.ts'
import { Worker } from './worker.ts'

const work = job('m.work', {})
const plan: Plan = {
  operation: 'm.work',
  kind: 'job',
  stages: [
    { stage: 'deadline', overHttp: undefined, otherwise: 60_000, reason: 'test' },
    { stage: 'run', reason: 'test' },
  ],
  absent: [],
  refusals: [],
}

interface World {
  readonly clock: VirtualClock
  readonly queue: MemoryQueue
  readonly worker: Worker
  readonly log: string[]
  enqueue(count: number): Promise<void>
}

function world(handler: (ctx: JobContext) => unknown, concurrency = 2): World {
  const clock = createVirtualClock()
  const random = createSeededRandom(1)
  const queue = new MemoryQueue(clock)
  const log: string[] = []
  const module = {
    kind: 'module',
    name: 'm',
    db: undefined,
    rows: undefined,
    migrations: undefined,
    bindings: [],
  } as const
  const bound = {
    operation: work,
    handler: (_: never, ctx: never) => handler(ctx),
    plan,
    module,
    bindDb: undefined,
  }
  const runtime = createRuntime({
    operations: [bound],
    store: undefined,
    clock,
    random,
    observer: silentObserver,
  })
  const operation = runtime.operations[0]
  if (operation === undefined) throw new Error('no operation')
  const worker = new Worker({ clock, random, log: (line) => log.push(line), queue, operation, concurrency })
  let id = 0
  const enqueue = async (count: number): Promise<void> => {
    const jobs = Array.from({ length: count }, () => {
      id += 1
      return {
        id: String(id),
        queue: 'm.work',
        input: undefined,
        startAt: undefined,
        priority: 0,
        key: undefined,
      }
    })
    await clock.drive(queue.add(jobs))
  }
  return { clock, queue, worker, log, enqueue }
}

describe('a worker', () => {
  it('claims as many as it has room for, and again until there are no more', async () => {
    const { clock, queue, worker, enqueue } = world(() => clock.sleep(10))
    await enqueue(5)
    worker.wake()
    await clock.runUntil(clock.now() + 1_000)
    expect(queue.states()).toEqual(['done', 'done', 'done', 'done', 'done'])
    expect(queue.calls.filter((call) => call.startsWith('claim'))[0]).toBe('claim 2')
    expect(worker.counts.done).toBe(5)
    await clock.drive(worker.close())
  })

  it('never runs more at once than it may', async () => {
    let running = 0
    let most = 0
    const { clock, worker, enqueue } = world(async () => {
      running += 1
      most = Math.max(most, running)
      await clock.sleep(7)
      running -= 1
    }, 3)
    await enqueue(20)
    worker.wake()
    await clock.runUntil(clock.now() + 1_000)
    expect(most).toBe(3)
    await clock.drive(worker.close())
  })

  it('tells the queue why a job has failed', async () => {
    const { clock, queue, worker, enqueue } = world(() => {
      throw new TypeError('no such thing', { cause: new Error('really') })
    })
    await enqueue(1)
    worker.wake()
    await clock.runUntil(clock.now() + 100)
    expect(queue.states()).toEqual(['failed'])
    expect(queue.calls).toContain('fail TypeError: no such thing (Error: really)')
    await clock.drive(worker.close())
  })

  it('settles a job when the database can be reached again', async () => {
    const { clock, queue, worker, enqueue } = world(() => {})
    await enqueue(1)
    queue.failures.set('complete', new Error('not there'))
    worker.wake()
    await clock.runUntil(clock.now() + 1_000)
    expect(queue.states()).toEqual(['done'])
    await clock.drive(worker.close())
  })

  it('ends a run whose claim is somebody else’s, and leaves it to that', async () => {
    const reasons: unknown[] = []
    const { clock, queue, worker, enqueue } = world(({ signal }) => {
      return new Promise((resolve) => {
        signal.addEventListener('abort', () => resolve(reasons.push(signal.reason)))
      })
    })
    await enqueue(1)
    worker.wake()
    await clock.runUntil(clock.now() + 10)
    for (const kept of queue.jobs.values()) kept.state = 'waiting'
    await clock.drive(worker.keep())
    await clock.runUntil(clock.now() + 10)
    expect(reasons).toMatchObject([{ code: 'FUL-3103' }])
    expect(worker.counts.lost).toBe(1)
    expect(queue.calls.filter((call) => /^(?:complete|fail|give)/.test(call))).toEqual([])
    await clock.drive(worker.close())
  })

  it('ends runs that the queue has not heard of for longer than its patience', async () => {
    const { clock, queue, worker, enqueue } = world(({ signal }) => {
      return new Promise((resolve) => signal.addEventListener('abort', resolve))
    })
    await enqueue(1)
    worker.wake()
    await clock.runUntil(clock.now() + 10)
    await clock.runUntil(clock.now() + queue.patience)
    queue.failures.set('keep', new Error('not there'))
    await expect(clock.drive(worker.keep())).rejects.toThrow('not there')
    await clock.runUntil(clock.now() + 10)
    expect(worker.counts.lost).toBe(1)
    await clock.drive(worker.close())
  })

  it('gives back what runs when it is closed, and claims no more', async () => {
    const { clock, queue, worker, enqueue } = world(() => clock.sleep(30_000))
    await enqueue(3)
    worker.wake()
    await clock.runUntil(clock.now() + 10)
    await clock.drive(worker.close())
    expect(queue.states()).toEqual(['waiting', 'waiting', 'waiting'])
    worker.wake()
    await clock.runUntil(clock.now() + 100)
    expect(queue.states()).toEqual(['waiting', 'waiting', 'waiting'])
  })
})
