import { describe, expect, it } from 'vitest'
import type { QueryContract } from '../../declare/contract/contract.ts'
import type { SharedCache } from '../../ports/shared-cache.ts'
import { type Bound, getThing, putThing, World } from './instances.fixture.ts'

const put = putThing()

function versioned(cache: Partial<NonNullable<QueryContract['cache']>> = {}): Bound {
  return getThing({
    consistency: 'eventual',
    cache: { strategy: 'aside', ttl: '1m', jitter: 0, invalidation: 'version', ...cache },
  })
}

/** What stands between instances and the shared cache: nothing, until it is told to. */
class Trouble {
  isAway = false
  /** Milliseconds that the answer to who asks for a version takes. */
  takes = 0
  readonly deaf = new Set<number>()

  readonly between = (cache: SharedCache, instance: number): SharedCache =>
    new Proxy(cache, {
      get: (target, name) => {
        const member: unknown = Reflect.get(target, name)
        if (typeof member !== 'function') return member
        if (name === 'listen')
          return (listener: Parameters<SharedCache['listen']>[0]) =>
            target.listen({
              ...listener,
              message: (message) => this.deaf.has(instance) || listener.message(message),
              gap: () => listener.gap(),
            })
        return async (...args: unknown[]): Promise<unknown> => {
          if (this.isAway && this.deaf.has(instance)) throw new Error('away')
          const answer: unknown = await member.apply(target, args)
          if (name === 'version' && this.takes > 0 && this.deaf.has(instance))
            await this.world?.clock.sleep(this.takes)
          return answer
        }
      },
    })

  world: World | undefined
}

async function worldOf(get: Bound): Promise<{ world: World; trouble: Trouble }> {
  const trouble = new Trouble()
  const world = await World.of([get, put], { instances: 2, between: trouble.between })
  trouble.world = world
  world.store.write('a', 'old')
  return { world, trouble }
}

/** Reads `a` on an instance. */
async function read(world: World, get: Bound, on = 0): Promise<unknown> {
  return (await world.get(get, { id: 'a' }, { on })).value
}

/** The value of before is cached on both, and there is a newer one that nobody tells of. */
async function cachedEverywhere(get: Bound): ReturnType<typeof worldOf> {
  const { world, trouble } = await worldOf(get)
  for (const on of [0, 1]) expect(await read(world, get, on)).toBe('old')
  world.store.write('a', 'new')
  for (const on of [0, 1]) expect(await read(world, get, on)).toBe('old')
  return { world, trouble }
}

const bump = (world: World, on = 0): Promise<boolean> =>
  world.clock.drive(world.caches[on]?.bump('m.get') as Promise<boolean>)

describe('a bump of the version', () => {
  it('leaves behind what is cached, on every instance that is told, at once', async () => {
    const get = versioned()
    const { world } = await cachedEverywhere(get)
    expect(await bump(world)).toBe(true)
    expect(await read(world, get, 1)).toBe('new')
    expect(await read(world, get, 0)).toBe('new')
    // What the one has read the other has from the shared cache.
    expect(world.reads).toBe(2)
  })

  it('ends it within a second on an instance that is not told', async () => {
    const get = versioned()
    const { world, trouble } = await cachedEverywhere(get)
    trouble.deaf.add(1)
    await bump(world)
    await world.pass(400)
    expect(await read(world, get, 1)).toBe('old')
    await world.pass(600)
    expect(await read(world, get, 1)).toBe('new')
  })

  it('asks while the version is relied on still, so that nobody waits in a busy second', async () => {
    const get = versioned()
    const { world, trouble } = await cachedEverywhere(get)
    trouble.deaf.add(1)
    await bump(world)
    await world.pass(600)
    expect(await read(world, get, 1)).toBe('old')
    expect(await read(world, get, 1)).toBe('new')
  })

  it('ends it within a second where the shared cache cannot be reached', async () => {
    const get = versioned()
    const { world, trouble } = await cachedEverywhere(get)
    trouble.deaf.add(1)
    trouble.isAway = true
    await bump(world)
    await world.pass(1_000)
    expect(await read(world, get, 1)).toBe('new')
  })

  it('is not undone by a slow answer of before', async () => {
    const get = versioned()
    const { world, trouble } = await cachedEverywhere(get)
    trouble.deaf.add(1)
    trouble.takes = 1_500
    await world.pass(1_000)
    const waiting = world.ask(get, { id: 'a' }, { on: 1 })
    await world.pass(100)
    await bump(world)
    expect((await world.clock.drive(waiting)).value).toBe('new')
  })

  it('is not joined to a reading of before', async () => {
    const get = versioned()
    const { world } = await worldOf(get)
    world.store.takes = 3_000
    const before = world.ask(get, { id: 'a' })
    await world.pass(100)
    world.store.write('a', 'new')
    await bump(world)
    world.store.takes = 1
    expect(await read(world, get)).toBe('new')
    expect((await world.clock.drive(before)).value).toBe('old')
    // Nor is it overtaken by what that has read.
    expect(await read(world, get)).toBe('new')
    expect(await read(world, get, 1)).toBe('new')
  })

  it('leaves nothing of before to stand in', async () => {
    const get = versioned({ ttl: '100ms', staleWhileRevalidate: '1m', grace: '1m' })
    const { world } = await cachedEverywhere(get)
    await world.pass(200)
    await bump(world)
    expect(await read(world, get)).toBe('new')
  })

  it('is of one operation', async () => {
    const get = versioned()
    const { world } = await cachedEverywhere(get)
    expect(await world.caches[0]?.bump('m.put')).toBe(false)
    expect(await read(world, get)).toBe('old')
  })
})

describe('while the shared cache is away', () => {
  it('answers are kept in the process, for a second', async () => {
    const get = versioned()
    const { world, trouble } = await worldOf(get)
    trouble.deaf.add(0)
    trouble.isAway = true
    expect(await read(world, get)).toBe('old')
    world.store.write('a', 'new')
    for (const ms of [300, 300, 300]) {
      await world.pass(ms)
      expect(await read(world, get)).toBe('old')
    }
    await world.pass(100)
    expect(await read(world, get)).toBe('new')
  })

  it('one reading answers all who ask at once', async () => {
    const get = versioned()
    const { world, trouble } = await worldOf(get)
    trouble.deaf.add(0)
    trouble.isAway = true
    world.store.takes = 50
    await world.clock.drive(Promise.all(Array.from({ length: 100 }, () => world.ask(get, { id: 'a' }))))
    expect(world.reads).toBe(1)
  })

  it('bumps fail, and what was kept before is of use once it is back', async () => {
    const get = versioned()
    const { world, trouble } = await cachedEverywhere(get)
    trouble.deaf.add(0)
    trouble.isAway = true
    await expect(bump(world)).rejects.toThrow('away')
    await world.pass(2_000)
    expect(await read(world, get)).toBe('new')
    trouble.isAway = false
    await world.pass(1_000)
    expect((await world.get(get, { id: 'a' })).call.source).toBe(4)
  })
})
