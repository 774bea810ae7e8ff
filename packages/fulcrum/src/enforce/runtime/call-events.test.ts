import { describe, expect, it } from 'vitest'
import type { QueryContract } from '../../declare/contract/contract.ts'
import type { CallEvent } from '../../kernel/observer.ts'
import { Metrics } from '../../observe/metrics.ts'
import { getThing, newSession, putThing, World } from './instances.fixture.ts'

const put = putThing()

function cached(consistency: QueryContract['consistency'] = 'eventual') {
  return getThing({ consistency, cache: { strategy: 'aside', ttl: '10s', jitter: 0 } })
}

/** What has happened to calls of `m.get`. */
function eventsOf({ operations }: Metrics): Partial<Record<CallEvent, number>> {
  const all = operations.filter(({ operation }) => operation === 'm.get').map(({ events }) => events)
  const names = Object.keys(all[0] ?? {}) as CallEvent[]
  const sums = names.map((name) => [name, all.reduce((sum, events) => sum + events[name], 0)] as const)
  return Object.fromEntries(sums.filter(([, sum]) => sum > 0))
}

describe('what happens to calls', () => {
  it('is counted: what a cache in the process has not had, and what it was filled with', async () => {
    const observer = new Metrics()
    const get = cached()
    const world = await World.of([get, put], { observer })
    world.store.write('a', 'one')
    await world.get(get, { id: 'a' })
    await world.get(get, { id: 'a' })
    expect(eventsOf(observer)).toEqual({ 'local miss': 1, fill: 1 })
    expect(world.caches[0]?.local.state).toMatchObject({ entries: 1, dropped: 0 })
    await world.get(put, { id: 'a', value: 'two' })
    expect(world.caches[0]?.local.state).toMatchObject({ entries: 0, bytes: 0, dropped: 1, evicted: 0 })
  })

  it('is counted: leases, and waiting for them', async () => {
    const observer = new Metrics()
    const get = cached()
    const world = await World.of([get, put], { observer, instances: 2 })
    world.store.takes = 50
    world.store.write('a', 'one')
    await world.clock.drive(
      Promise.all([world.ask(get, { id: 'a' }, { on: 0 }), world.ask(get, { id: 'a' }, { on: 1 })]),
    )
    expect(eventsOf(observer)).toEqual({
      'local miss': 2,
      'shared miss': 2,
      fill: 1,
      lease: 1,
      'wait for lease': 1,
    })
  })

  it('is counted: answers that are past their bound, once for each caller', async () => {
    const observer = new Metrics()
    const consistency = { staleness: '1s', onPartition: 'serve-stale', maxStale: '1m' } as const
    const [kept, plain] = [cached(consistency), getThing({ consistency }, 'm.plain')]
    const world = await World.of([kept, plain, put], { observer })
    world.store.write('a', 'one')
    await world.get(kept, { id: 'a' })
    world.store.isPrimaryUp = false
    world.store.replayed = world.store.lsn
    await world.pass(5_000)
    expect((await world.get(kept, { id: 'a' })).call.degraded).toBe('stale')
    expect((await world.get(plain, { id: 'a' })).call.degraded).toBe('stale')
    expect(eventsOf(observer)).toMatchObject({ stale: 1 })
    expect(observer.operations.map(({ events }) => events.stale)).toEqual([1, 1, 0])
  })

  it('is counted: sessions that have lost something with an epoch', async () => {
    const observer = new Metrics()
    const get = getThing({ consistency: { session: 'read-your-writes' } })
    const world = await World.of([get, put], { observer })
    const session = newSession()
    await world.get(put, { id: 'a', value: 'one' }, { session })
    world.store.freshness.forkOf = () => 0
    world.store.failOver('7/2')
    await world.get(get, { id: 'a' }, { session })
    expect(session.wasReset).toBe(true)
    expect(eventsOf(observer)).toEqual({ 'session reset': 1 })
  })
})
