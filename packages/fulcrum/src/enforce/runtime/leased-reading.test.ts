import { describe, expect, it } from 'vitest'
import type { SharedCache } from '../../ports/shared-cache.ts'
import { LEASE_MS } from './leased-reading.ts'
import { SHARED } from './serving.ts'
import { type Answer, getThing, instead, putThing, World } from './instances.fixture.ts'

const get = getThing({ consistency: 'eventual', cache: { strategy: 'aside', ttl: '1h', jitter: 0 } })
const put = putThing()

const never = (): Promise<never> => new Promise(() => {})

async function worldOf(first: Partial<SharedCache>): Promise<World> {
  const between = (cache: SharedCache, instance: number): SharedCache =>
    instance === 0 ? instead(cache, first) : cache
  const world = await World.of([get, put], { instances: 3, hasReplica: false, between })
  world.store.write('a', 'one')
  return world
}

/** An instance asks, and its statement takes so long; 10 ms pass. */
async function begin(world: World, on: number, takes: number): Promise<{ readonly answer: Promise<Answer> }> {
  world.store.takes = takes
  const answer = world.ask(get, { id: 'a' }, { on })
  await world.pass(10)
  return { answer }
}

/** Their answers, when all are there. */
function answersOf(world: World, ...asked: { readonly answer: Promise<Answer> }[]): Promise<Answer[]> {
  return world.clock.drive(Promise.all(asked.map(({ answer }) => answer)))
}

describe('an instance that others wait for', () => {
  it('is waited for as long as it renews its lease, and its reading is the only one', async () => {
    const world = await worldOf({})
    const answers = await answersOf(world, await begin(world, 0, 900), await begin(world, 1, 900))
    expect(answers.map(({ value }) => value)).toEqual(['one', 'one'])
    expect([world.reads, answers[1]?.call.source]).toEqual([1, SHARED])
  })

  it('and dies costs them the time of a lease', async () => {
    const world = await worldOf({ renew: never, fill: never, release: never })
    await begin(world, 0, 60_000)
    const askedAt = world.clock.now()
    const answers = await answersOf(world, await begin(world, 1, 5), await begin(world, 2, 5))
    expect(answers.map(({ value }) => value)).toEqual(['one', 'one'])
    // One of the others has read, and no more.
    expect(world.reads).toBe(1)
    expect(world.clock.now() - askedAt).toBeLessThanOrEqual(LEASE_MS + 20)
  })

  it('and has lost its lease while it was paused brings back nothing that has changed, and ends nobody’s lease', async () => {
    const world = await worldOf({ renew: never })
    const late = await begin(world, 0, 400)
    world.store.takes = 1
    await world.clock.drive(world.ask(put, { id: 'a', value: 'two' }, { on: 1 }))
    const second = await begin(world, 1, 500)
    // The first one has come back, and been refused; the second one is still reading.
    expect((await answersOf(world, late)).map(({ value }) => value)).toEqual(['one'])
    const third = await begin(world, 2, 500)
    const answers = await answersOf(world, second, third)
    expect(answers.map(({ value }) => value)).toEqual(['two', 'two'])
    expect([world.reads, answers[1]?.call.source]).toEqual([2, SHARED])
  })
})
