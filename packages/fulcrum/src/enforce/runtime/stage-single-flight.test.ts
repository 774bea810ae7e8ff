import { describe, expect, it, vi } from 'vitest'
import { query } from '../../declare/query.ts'
import { z } from 'zod'
import type { QueryContract } from '../../declare/contract/contract.ts'
import { CallSession } from '../session/call-session.ts'
import {
  type Answer,
  type Bound,
  Busy,
  getThing,
  Missing,
  newSession,
  putThing,
  World,
} from './instances.fixture.ts'

type Cache = NonNullable<QueryContract['cache']>

const put = putThing()

function cached(
  cache: Partial<Cache> = {},
  consistency: QueryContract['consistency'] = 'eventual',
  deadline?: '1s',
) {
  return getThing({
    consistency,
    cache: { strategy: 'aside', ttl: '10s', jitter: 0, ...cache },
    ...(deadline === undefined ? {} : { latency: { deadline } }),
  })
}

async function worldOf(get: Bound, takes = 50): Promise<World> {
  const world = await World.of([get, put])
  world.store.takes = takes
  world.store.write('a', 'one')
  return world
}

function cutOff({ store }: World): void {
  store.isPrimaryUp = false
  store.isReplicaUp = false
}

const settled = (world: World, answers: Promise<Answer>[]) => world.clock.drive(Promise.allSettled(answers))

/** Values, or the codes of errors. */
const valuesOf = (outcomes: PromiseSettledResult<Answer>[]): unknown[] =>
  outcomes.map((outcome) =>
    outcome.status === 'fulfilled' ? outcome.value.value : (outcome.reason as { code: string }).code,
  )

describe('many who ask for one key at once', () => {
  it('are answered by one reading', async () => {
    const get = cached()
    const world = await worldOf(get)
    const outcomes = await settled(
      world,
      Array.from({ length: 1_000 }, () => world.ask(get, { id: 'a' })),
    )
    expect(new Set(valuesOf(outcomes))).toEqual(new Set(['one']))
    expect(world.reads).toBe(1)
    expect(world.clock.now()).toBe(50)
  })

  it('are told one failure, and whoever comes after it reads anew', async () => {
    const fail = vi.fn(async () => Promise.reject(new Error('origin is down')))
    const get = { ...cached(), handler: fail }
    const world = await worldOf(get)
    const outcomes = await settled(world, [world.ask(get, { id: 'a' }), world.ask(get, { id: 'a' })])
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    expect(fail).toHaveBeenCalledTimes(1)
    await settled(world, [world.ask(get, { id: 'a' })])
    expect(fail).toHaveBeenCalledTimes(2)
  })

  it('are not hurt by one whose deadline is shorter', async () => {
    const get = cached()
    const world = await worldOf(get)
    const outcomes = await settled(world, [
      world.ask(get, { id: 'a' }, { budget: 10 }),
      world.ask(get, { id: 'a' }),
      world.ask(get, { id: 'a' }, { budget: 20 }),
    ])
    expect(valuesOf(outcomes)).toEqual(['FUL-3001', 'one', 'FUL-3001'])
    expect(world.store.reads).toMatchObject({ primary: 0, replica: 1, cancelled: 0 })
  })

  it('are not hurt by one who goes away, not even by the one who began', async () => {
    const get = cached()
    const world = await worldOf(get)
    const controller = new AbortController()
    world.clock.timer(10, () => controller.abort())
    const outcomes = await settled(world, [
      world.ask(get, { id: 'a' }, { signal: controller.signal }),
      world.ask(get, { id: 'a' }),
    ])
    expect(valuesOf(outcomes)).toEqual(['FUL-2010', 'one'])
    expect(world.store.reads).toMatchObject({ replica: 1, cancelled: 0 })
  })

  it('end the reading when the last of them has left', async () => {
    const get = cached()
    const world = await worldOf(get)
    const outcomes = await settled(world, [
      world.ask(get, { id: 'a' }, { budget: 10 }),
      world.ask(get, { id: 'a' }, { budget: 20 }),
    ])
    expect(valuesOf(outcomes)).toEqual(['FUL-3001', 'FUL-3001'])
    expect(world.store.reads).toMatchObject({ replica: 0, cancelled: 1 })
    expect(world.clock.now()).toBe(20)
  })

  it('are not joined by others once they have given up, however long the reading takes to end', async () => {
    let calls = 0
    const handler = async (): Promise<string> => {
      calls += 1
      // It does not look at its signal.
      await world.clock.sleep(100)
      return `read ${calls}`
    }
    const get = { ...cached(), handler }
    const world = await worldOf(get)
    const gone = world.ask(get, { id: 'a' }, { budget: 10 })
    await settled(world, [gone])
    expect((await world.get(get, { id: 'a' })).value).toBe('read 2')
  })

  it('have their own time, although the reading began before theirs did', async () => {
    const get = cached({}, 'eventual', '1s')
    const world = await worldOf(get, 1_200)
    const first = world.ask(get, { id: 'a' })
    await world.pass(900)
    world.store.takes = 200
    const second = world.ask(get, { id: 'a' })
    expect(valuesOf(await settled(world, [first, second]))).toEqual(['FUL-3001', 'one'])
    expect(world.clock.now()).toBe(1_200)
  })

  it('get a reading of their own where their session has to see more than the one under way has', async () => {
    const get = cached({ invalidation: 'ttl' }, { session: 'read-your-writes' })
    const world = await worldOf(get)
    const [reader, writer] = [newSession(), newSession()]
    const early = world.ask(get, { id: 'a' }, { session: reader })
    await world.pass(1)
    world.store.takes = 1
    await world.get(put, { id: 'a', value: 'two' }, { session: writer })
    world.store.takes = 50
    const late = [1, 2, 3].map(() => world.ask(get, { id: 'a' }, { session: writer }))
    expect(valuesOf(await settled(world, [early, ...late]))).toEqual(['one', 'two', 'two', 'two'])
    expect(world.reads).toBe(2)
  })

  it('get a reading of their own where the one under way is older than their bound', async () => {
    const get = cached({}, { staleness: '20ms' })
    const world = await worldOf(get)
    world.store.replayed = world.store.lsn
    world.store.write('x')
    const early = world.ask(get, { id: 'a' })
    await world.pass(10)
    const within = world.ask(get, { id: 'a' })
    await world.pass(20)
    world.store.write('a', 'two')
    const late = [1, 2, 3].map(() => world.ask(get, { id: 'a' }))
    expect(valuesOf(await settled(world, [early, within, ...late]))).toEqual([
      'one',
      'one',
      'two',
      'two',
      'two',
    ])
    expect(world.reads).toBe(2)
  })

  it('all read anew, once, where the answer has no label and they have a session', async () => {
    const get = cached({}, { session: 'read-your-writes' })
    const world = await worldOf(get)
    world.store.isBlind = true
    const sessions = [1, 2, 3].map(() => newSession())
    const outcomes = await settled(
      world,
      sessions.map((session) => world.ask(get, { id: 'a' }, { session })),
    )
    expect(valuesOf(outcomes)).toEqual(['one', 'one', 'one'])
    expect((await world.get(get, { id: 'a' }, { session: newSession() })).call.source).not.toBe(3)
  })
})

describe('an answer that says that there is none', () => {
  it('is kept for its own time, with its data', async () => {
    const get = cached({ negativeTtl: '2s' })
    const world = await worldOf(get, 1)
    const failure = { code: 'm.Missing', data: { id: 'b' } }
    await expect(world.get(get, { id: 'b' })).rejects.toMatchObject(failure)
    await world.pass(1_000)
    await expect(world.get(get, { id: 'b' })).rejects.toMatchObject(failure)
    expect(world.reads).toBe(1)
    await world.pass(1_500)
    await expect(world.get(get, { id: 'b' })).rejects.toMatchObject(failure)
    expect(world.reads).toBe(2)
  })

  it('ends when a command brings it about', async () => {
    const get = cached({ negativeTtl: '2s' })
    const world = await worldOf(get, 1)
    await expect(world.get(get, { id: 'b' })).rejects.toMatchObject({ code: 'm.Missing' })
    await world.get(put, { id: 'b', value: 'there' })
    expect((await world.get(get, { id: 'b' })).value).toBe('there')
  })

  it('is not kept unless the contract says so, nor where it is another error', async () => {
    const get = cached()
    const world = await worldOf(get, 1)
    for (let index = 0; index < 2; index += 1)
      await expect(world.get(get, { id: 'b' })).rejects.toMatchObject({ code: 'm.Missing' })
    expect(world.reads).toBe(2)

    const handler = vi.fn(async (_: unknown, { fail }: { fail: (declaration: typeof Busy) => never }) =>
      fail(Busy),
    )
    const operation = query('m.busy', {
      input: z.object({ id: z.string() }),
      errors: [Busy, Missing],
      contract: { consistency: 'eventual', cache: { strategy: 'aside', ttl: '10s', negativeTtl: '2s' } },
    })
    const busy = { operation, handler }
    const other = await World.of([busy])
    for (let index = 0; index < 2; index += 1)
      await expect(other.get(busy, { id: 'b' })).rejects.toMatchObject({ code: 'm.Busy' })
    expect(handler).toHaveBeenCalledTimes(2)
  })

  it('has been seen by a session', async () => {
    const get = cached({ negativeTtl: '2s' }, { session: 'monotonic' })
    const world = await worldOf(get, 1)
    const session = newSession()
    await expect(world.get(get, { id: 'b' }, { session })).rejects.toMatchObject({ code: 'm.Missing' })
    expect(session.token?.tags.size).toBe(1)
  })
})

describe('an entry that is due', () => {
  it('is read anew before it expires, while it is served', async () => {
    const get = cached({ refreshEarly: true })
    const world = await worldOf(get, 1_000)
    await world.get(get, { id: 'a' })
    world.store.write('a', 'two')
    world.store.takes = 50
    let served = 0
    while (world.reads === 1 && world.clock.now() < 12_000) {
      const { value, call } = await world.get(get, { id: 'a' })
      expect([value, call.source]).toEqual(['one', 3])
      served += 1
      await world.pass(100)
    }
    expect(world.clock.now()).toBeLessThan(10_000)
    expect(served).toBeGreaterThan(10)
    expect((await world.get(get, { id: 'a' })).value).toBe('two')
  })

  it('is served for its time after its expiry, while it is read anew once', async () => {
    const get = cached({ staleWhileRevalidate: '5s' })
    const world = await worldOf(get)
    await world.get(get, { id: 'a' })
    world.store.write('a', 'two')
    await world.pass(12_000)
    const answers = await settled(world, [world.ask(get, { id: 'a' }), world.ask(get, { id: 'a' })])
    expect(valuesOf(answers)).toEqual(['one', 'one'])
    await world.pass(50)
    expect((await world.get(get, { id: 'a' })).value).toBe('two')
    expect(world.reads).toBe(2)
  })

  it('is not served beyond that', async () => {
    const get = cached({ staleWhileRevalidate: '5s' })
    const world = await worldOf(get)
    await world.get(get, { id: 'a' })
    world.store.write('a', 'two')
    await world.pass(15_000)
    expect((await world.get(get, { id: 'a' })).value).toBe('two')
  })

  it('never passes the bound of staleness', async () => {
    const get = cached({ ttl: '1s', staleWhileRevalidate: '1m' }, { staleness: '3s' })
    const world = await worldOf(get, 1)
    await world.get(get, { id: 'a' })
    world.store.write('a', 'two')
    await world.pass(2_900)
    expect((await world.get(get, { id: 'a' })).value).toBe('one')
    const other = await worldOf(get, 1)
    await other.get(get, { id: 'a' })
    other.store.write('a', 'two')
    await other.pass(3_001)
    expect((await other.get(get, { id: 'a' })).value).toBe('two')
  })

  it('is left alone for a while where reading it anew fails, and goes when its time is up', async () => {
    const handler = vi.fn(async () => 'one')
    const get = { ...cached({ staleWhileRevalidate: '5s' }), handler }
    const world = await worldOf(get)
    await world.get(get, { id: 'a' })
    handler.mockRejectedValue(new Error('origin is down'))
    await world.pass(10_500)
    for (let index = 0; index < 20; index += 1) {
      expect((await world.get(get, { id: 'a' })).value).toBe('one')
      await world.pass(100)
    }
    expect(handler.mock.calls.length - 1).toBeLessThanOrEqual(3)
    await world.pass(2_500)
    await expect(world.get(get, { id: 'a' })).rejects.toThrow('origin is down')
  })
})

describe('an origin that fails', () => {
  it('is stood in for by what has expired, for its grace, and the answer says so', async () => {
    const get = cached({ grace: '1m' })
    const world = await worldOf(get, 1)
    await world.get(get, { id: 'a' })
    await world.pass(20_000)
    cutOff(world)
    const { value, call } = await world.get(get, { id: 'a' })
    expect([value, call.degraded]).toEqual(['one', 'stale'])
    expect(call).toMatchObject({ source: 3, staleBy: 0 })
    await world.pass(60_000)
    await expect(world.get(get, { id: 'a' })).rejects.toMatchObject({ code: 'FUL-3015' })
  })

  it('is not stood in for by what is past the bound of staleness', async () => {
    const get = cached({ ttl: '1s', grace: '1m' }, { staleness: '3s' })
    const world = await worldOf(get, 1)
    await world.get(get, { id: 'a' })
    world.store.write('a', 'two')
    await world.pass(2_000)
    cutOff(world)
    expect((await world.get(get, { id: 'a' })).call.degraded).toBe('stale')
    await world.pass(1_500)
    await expect(world.get(get, { id: 'a' })).rejects.toMatchObject({ code: 'FUL-3015' })
  })

  it('is stood in for beyond the bound where the contract allows it in a partition, and the answer says by how much', async () => {
    const get = cached({ ttl: '1s' }, { staleness: '3s', onPartition: 'serve-stale', maxStale: '10s' })
    const world = await worldOf(get, 1)
    await world.get(get, { id: 'a' })
    world.store.write('a', 'two')
    cutOff(world)
    await world.pass(5_000)
    const { value, call } = await world.get(get, { id: 'a' })
    expect([value, call.degraded, call.staleBy]).toEqual(['one', 'stale', 2_000])
    await world.pass(5_001)
    await expect(world.get(get, { id: 'a' })).rejects.toMatchObject({ code: 'FUL-3015' })
  })

  it('is not said to be past its bound where the primary has read it, and does not say where that is', async () => {
    const get = cached({ invalidation: 'ttl' }, { staleness: '1s' })
    const world = await World.of([get, put], { hasReplica: false })
    world.store.write('a', 'one')
    world.store.isBlind = true
    const { value, call } = await world.get(get, { id: 'a' })
    expect([value, call.staleBy, call.degraded]).toEqual(['one', 0, undefined])
    world.store.write('a', 'two')
    expect((await world.get(get, { id: 'a' })).value).toBe('two')
  })

  it('gives all who ask at once what is past the bound, with one reading, where a replica is all there is', async () => {
    const get = cached({ ttl: '1s' }, { staleness: '1s', onPartition: 'serve-stale', maxStale: '1m' })
    const world = await worldOf(get, 50)
    world.store.replayed = world.store.lsn
    world.store.freshness.asOf({ source: 'replica', lo: 0 })
    world.store.write('a', 'two')
    world.store.isPrimaryUp = false
    await world.pass(5_000)
    const outcomes = await settled(
      world,
      Array.from({ length: 20 }, () => world.ask(get, { id: 'a' })),
    )
    expect(new Set(valuesOf(outcomes))).toEqual(new Set(['one']))
    for (const outcome of outcomes)
      expect(outcome).toMatchObject({ value: { call: { degraded: 'stale', staleBy: 4_000 } } })
    expect(world.reads).toBe(1)
  })

  it('is not stood in for where what is left is not what the session has to see', async () => {
    const get = cached({ ttl: '1s', grace: '1m', invalidation: 'ttl' }, { session: 'read-your-writes' })
    const world = await worldOf(get, 1)
    const session = newSession()
    await world.get(get, { id: 'a' }, { session: newSession() })
    await world.get(put, { id: 'a', value: 'two' }, { session })
    await world.pass(2_000)
    cutOff(world)
    await expect(world.get(get, { id: 'a' }, { session })).rejects.toMatchObject({ code: 'FUL-3015' })
    await expect(world.get(get, { id: 'a' }, { session: new CallSession() })).rejects.toMatchObject({
      code: 'FUL-3015',
    })
    expect((await world.get(get, { id: 'a' }, { session: newSession() })).value).toBe('one')
  })

  it('answers with its declared errors, which nothing stands in for', async () => {
    const get = cached({ grace: '1m', invalidation: 'ttl' })
    const world = await worldOf(get, 1)
    await world.get(get, { id: 'a' })
    await world.pass(20_000)
    world.store.write('a', undefined)
    await expect(world.get(get, { id: 'a' })).rejects.toMatchObject({ code: 'm.Missing' })
  })
})

describe('an origin that is slow', () => {
  const slow = (consistency?: QueryContract['consistency']) =>
    cached({ ttl: '1s', grace: '1m', softTimeout: '100ms' }, consistency, '1s')

  it('is stood in for after the soft timeout, and its answer is kept when it comes', async () => {
    const get = slow()
    const world = await worldOf(get, 1)
    await world.get(get, { id: 'a' })
    world.store.write('a', 'two')
    await world.pass(5_000)
    world.store.takes = 500
    const before = world.clock.now()
    const { value, call } = await world.get(get, { id: 'a' })
    expect([value, call.degraded, world.clock.now() - before]).toEqual(['one', 'stale', 100])
    await world.pass(400)
    expect((await world.get(get, { id: 'a' })).value).toBe('two')
    expect(world.reads).toBe(2)
  })

  it('is waited for where nothing may stand in, or not any more', async () => {
    const get = slow()
    const world = await worldOf(get, 1)
    world.store.takes = 500
    expect((await world.get(get, { id: 'a' })).value).toBe('one')
    // Its grace ends while it is waited for.
    world.store.write('a', 'two')
    await world.pass(60_500 - 50)
    expect((await world.get(get, { id: 'a' })).value).toBe('two')
  })

  it('is stood in for when the call itself runs out of time', async () => {
    const get = cached({ ttl: '1s', grace: '1m' }, 'eventual', '1s')
    const world = await worldOf(get, 1)
    await world.get(get, { id: 'a' })
    await world.pass(5_000)
    world.store.takes = 2_000
    const { value, call } = await world.get(get, { id: 'a' })
    expect([value, call.degraded]).toEqual(['one', 'stale'])
  })
})
