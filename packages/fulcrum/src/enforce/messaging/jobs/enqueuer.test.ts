import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { command } from '../../../declare/command.ts'
import type { CommandContext } from '../../../declare/context.ts'
import { job } from '../../../declare/job.ts'
import type { AnyOperation } from '../../../declare/operation.ts'
import { createVirtualClock } from '../../../kernel/clock-virtual.ts'
import { silentObserver } from '../../../kernel/observer.ts'
import { createSeededRandom } from '../../../kernel/random-seeded.ts'
import { plan } from '../../../plan/compile-plan.ts'
import { createRuntime } from '../../runtime/create-runtime.ts'
import { MemoryStore } from '../../runtime/store.fixture.ts'
import { Enqueuer } from './enqueuer.ts'
import { jobTerms } from './job-terms.ts'
import { MemoryQueue } from './memory-queue.fixture.ts'

const Item = z.object({ item: z.string() })
const work = job('m.work', {
  input: Item,
  contract: { delivery: { priority: 3, unique: ({ item }) => item } },
})
const stray = job('m.stray', { input: Item })
const place = command('m.place', { contract: { transaction: { isolation: 'serializable' } } })
const outside = command('m.outside', {})

type Handler = (ctx: CommandContext) => unknown

function world(handler: Handler) {
  const clock = createVirtualClock()
  const random = createSeededRandom(1)
  const store = new MemoryStore(clock)
  const queue = new MemoryQueue(clock)
  const facts = { name: 'm', db: undefined, migrations: undefined }
  const capabilities = { store: { ...store.capabilities, queue: true } }
  const terms = jobTerms(work, plan(work, facts, capabilities))
  const enqueuer = new Enqueuer({ queue, clock, random, jobs: terms === undefined ? [] : [terms] })
  const module = { kind: 'module', rows: undefined, bindings: [], ...facts } as const
  const bound = (operation: AnyOperation) => ({
    operation,
    handler: (_: never, ctx: never) => handler(ctx),
    plan: plan(operation, facts, capabilities),
    module,
    bindDb: undefined,
  })
  const operations = [place, outside].map(bound)
  const runtime = createRuntime({ operations, store, clock, random, observer: silentObserver, enqueuer })
  const call = (operation: AnyOperation): Promise<unknown> => {
    const compiled = runtime.find(operation)
    if (compiled === undefined) throw new Error('no operation')
    return clock.drive(compiled.run(compiled.begin({}), undefined))
  }
  return { clock, queue, enqueuer, call }
}

describe('a job that is enqueued in a transaction', () => {
  it('is written with it, with its key and its priority, and not added before', async () => {
    const { queue, call } = world(({ enqueue }) => enqueue(work, { item: 'a' }, { after: '1m' }))
    await call(place)
    expect(queue.committed).toMatchObject([{ queue: 'm.work', key: 'a', priority: 3, input: { item: 'a' } }])
    expect(queue.calls).toEqual([])
  })

  it('is written although the handler did not wait for it', async () => {
    const { queue, call } = world(({ enqueue }) => void enqueue(work, { item: 'a' }))
    await call(place)
    expect(queue.committed).toHaveLength(1)
  })

  it('makes it fail with an input that is not valid, although the handler did not wait for it', async () => {
    const { queue, call } = world(({ enqueue }) => void enqueue(work, { item: 1 } as never))
    await expect(call(place)).rejects.toMatchObject({ code: 'FUL-3014' })
    expect(queue.committed).toEqual([])
  })

  it('is refused when that is over', async () => {
    const late = Promise.withResolvers<unknown>()
    const { queue, call, clock } = world(({ enqueue }) => {
      void clock.sleep(1_000).then(() => enqueue(work, { item: 'late' }).catch(late.resolve))
    })
    await call(place)
    await clock.runUntil(clock.now() + 2_000)
    expect(await late.promise).toMatchObject({ code: 'FUL-3012' })
    expect(queue.calls).toEqual([])
  })
})

describe('a job that is enqueued outside of a transaction', () => {
  it('is in its queue when the call ends, together with others of the same moment', async () => {
    const { queue, call } = world(({ enqueue }) => {
      return Promise.all(['a', 'b', 'c'].map((item) => enqueue(work, { item })))
    })
    await call(outside)
    expect(queue.calls).toEqual(['add 3'])
  })

  it.each([
    [{ after: 'soon' }, 'FUL-1002'],
    [{ at: new Date(Number.NaN) }, 'FUL-1002'],
    [{ at: new Date(0), after: '1s' }, 'FUL-1002'],
    [{ priority: 0.5 }, 'FUL-1002'],
    [{ afer: '1s' }, 'FUL-1001'],
  ])('is refused with the options %j', async (options, code) => {
    const { clock, enqueuer } = world(() => {})
    const enqueued = enqueuer.enqueue({ job: work, input: { item: 'a' }, options: options as never })
    await expect(clock.drive(enqueued)).rejects.toMatchObject({ code })
  })

  it('is refused where no module has it', async () => {
    const { clock, enqueuer } = world(() => {})
    const enqueued = enqueuer.enqueue({ job: stray, input: { item: 'a' }, options: undefined })
    await expect(clock.drive(enqueued)).rejects.toMatchObject({ code: 'FUL-3104' })
  })
})
