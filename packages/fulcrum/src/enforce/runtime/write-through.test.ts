import { z } from 'zod'
import { describe, expect, it } from 'vitest'
import { command } from '../../declare/command.ts'
import type { CommandContext, QueryContext } from '../../declare/context.ts'
import type { QueryContract } from '../../declare/contract/contract.ts'
import { query } from '../../declare/query.ts'
import type { SharedCache } from '../../ports/shared-cache.ts'
import { type Bound, getThing, newSession, putThing, thing, World } from './instances.fixture.ts'

const put = putThing()

function through(
  cache: Partial<NonNullable<QueryContract['cache']>> = {},
  consistency: QueryContract['consistency'] = 'eventual',
): Bound {
  const inputOf = { tag: thing, input: (id: string) => ({ id }) }
  return getThing({
    consistency,
    cache: { strategy: 'write-through', ttl: '1m', jitter: 0, inputOf, ...cache },
  })
}

async function worldOf(operations: readonly Bound[], instances = 2): Promise<World> {
  const world = await World.of([...operations, put], { instances })
  world.store.takes = 10
  world.store.write('a', 'first')
  return world
}

const write = (world: World, value: string, request = {}): ReturnType<World['get']> =>
  world.get(put, { id: 'a', value }, request)

/** Puts something between the instances and the fills of the shared cache. */
function whoseFill(work: (fill: () => unknown) => Promise<unknown>): (cache: SharedCache) => SharedCache {
  return (cache) =>
    new Proxy(cache, {
      get: (target, name) => {
        const member: unknown = Reflect.get(target, name)
        if (typeof member !== 'function') return member
        if (name !== 'fill') return member.bind(target) as unknown
        return (...args: unknown[]) => work(() => member.apply(target, args) as unknown)
      },
    })
}

describe('a command that changes what is written through', () => {
  it('leaves it filled on its own instance and in the shared cache', async () => {
    const get = through()
    const world = await worldOf([get])
    // A replica that lags does not have it.
    world.store.replayed = world.store.lsn
    await write(world, 'second')
    const { reads } = world
    const own = await world.get(get, { id: 'a' })
    expect([own.value, own.call.source]).toEqual(['second', 3])
    const other = await world.get(get, { id: 'a' }, { on: 1 })
    expect([other.value, other.call.source]).toEqual(['second', 4])
    expect(world.reads).toBe(reads)
    expect(world.store.reads).toMatchObject({ primary: 1, replica: 0 })
  })

  it('leaves it in the shared cache before it answers', async () => {
    const filled: number[] = []
    const world = await World.of([through(), put], {
      instances: 2,
      between: whoseFill(async (fill) => {
        await world.clock.sleep(20)
        await fill()
        filled.push(world.clock.now())
      }),
    })
    await write(world, 'second')
    expect(filled).toEqual([world.clock.now()])
  })

  it('shows a session its own write from the cache', async () => {
    for (const session of ['read-your-writes', 'monotonic'] as const) {
      const get = through({}, { session })
      const world = await worldOf([get])
      const mine = newSession()
      await write(world, 'mine', { session: mine })
      for (const on of [0, 1]) {
        const { value, call } = await world.get(get, { id: 'a' }, { session: mine, on })
        expect([session, value, call.source]).toEqual([session, 'mine', on === 0 ? 3 : 4])
      }
    }
  })

  it('replaces what is cached, and ends it on other instances', async () => {
    const get = through()
    const world = await worldOf([get])
    for (const on of [0, 1]) await world.get(get, { id: 'a' }, { on })
    await write(world, 'second')
    for (const on of [0, 1]) expect((await world.get(get, { id: 'a' }, { on })).value).toBe('second')
  })

  it('gives its reading to those who ask meanwhile', async () => {
    const get = through()
    const world = await worldOf([get])
    const writing = world.ask(put, { id: 'a', value: 'second' })
    await world.pass(12)
    const reading = world.ask(get, { id: 'a' })
    await world.clock.drive(writing)
    expect((await world.clock.drive(reading)).value).toBe('second')
    expect(world.reads).toBe(1)
  })

  it('is not kept from its answer by a reading of before', async () => {
    const get = through()
    const world = await worldOf([get])
    world.store.takes = 1_000
    const before = world.ask(get, { id: 'a' })
    await world.pass(10)
    world.store.takes = 10
    await write(world, 'second')
    expect((await world.get(get, { id: 'a' })).value).toBe('second')
    await world.clock.drive(before)
    expect((await world.get(get, { id: 'a' })).value).toBe('second')
  })

  it('fills what commands have changed that it has joined', async () => {
    const get = through()
    const operation = command('m.both', {
      input: z.object({ id: z.string() }),
      contract: { transaction: { joins: [put.operation as never] } },
    })
    const handler = async ({ id }: { id: string }, { call }: CommandContext): Promise<void> => {
      await (call as (target: unknown, input: unknown) => Promise<unknown>)(put.operation, {
        id,
        value: 'joined',
      })
    }
    const both = { operation, handler }
    const world = await worldOf([get, both])
    await world.get(both, { id: 'a' })
    const { value, call } = await world.get(get, { id: 'a' })
    expect([value, call.source]).toEqual(['joined', 3])
  })

  it('fills the entry of who has made it, and nobody else’s', async () => {
    const operation = query('m.mine', {
      input: z.object({ id: z.string() }),
      output: z.unknown(),
      reads: ({ id }) => [thing(id)],
      contract: {
        consistency: 'eventual',
        cache: {
          strategy: 'write-through',
          ttl: '1m',
          scope: 'principal',
          inputOf: { tag: thing, input: (id: string) => ({ id }) },
        },
      },
    })
    const handler = async ({ id }: { id: string }, { sql, principal }: QueryContext): Promise<unknown> => {
      await sql.query(`get ${id}`)
      return principal?.id
    }
    const mine = { operation, handler }
    const world = await worldOf([mine])
    await write(world, 'second', { principal: { id: 'ann' } })
    const ann = await world.get(mine, { id: 'a' }, { principal: { id: 'ann' } })
    const bob = await world.get(mine, { id: 'a' }, { principal: { id: 'bob' } })
    expect([ann.value, ann.call.source]).toEqual(['ann', 3])
    expect([bob.value, bob.call.source]).toEqual(['bob', 2])
  })
})

describe('a command succeeds all the same', () => {
  it('where the reading fails', async () => {
    const get = { ...through(), handler: () => Promise.reject(new Error('no')) }
    const world = await worldOf([get])
    await expect(write(world, 'second')).resolves.toBeDefined()
  })

  it('where it takes too long: no longer than half of what is left of its budget, or a second', async () => {
    for (const [budget, waits] of [
      [500, 255],
      [undefined, 1_010],
    ]) {
      const slow = () => new Promise(() => {})
      const world = await worldOf([{ ...through(), handler: slow }])
      await write(world, 'second', { budget })
      expect(world.clock.now()).toBe(waits)
    }
  })

  it('where the shared cache does not take it', async () => {
    const world = await World.of([through(), put], {
      instances: 2,
      between: whoseFill(() => new Promise(() => {})),
    })
    await write(world, 'second')
    expect(world.clock.now()).toBe(1_001)
  })

  it('where the input cannot be made, or is not valid', async () => {
    const broken = (): never => {
      throw new Error('no input')
    }
    for (const input of [broken, () => ({ id: 1 }), () => undefined]) {
      const world = await worldOf([through({ inputOf: { tag: thing, input } })])
      await expect(write(world, 'second')).resolves.toBeDefined()
      expect(world.reads).toBe(0)
    }
  })

  it('where it changes more than is read anew', async () => {
    const get = through()
    const operation = command('m.putMany', {
      changes: () => Array.from({ length: 250 }, (_, index) => thing(`thing ${index}`)),
    })
    const handler = async (_: unknown, { sql }: CommandContext): Promise<void> => {
      await sql.query('set a many')
    }
    const world = await worldOf([get, { operation, handler }])
    await world.get({ operation, handler }, undefined)
    expect(world.reads).toBe(100)
  })
})

describe('nothing is filled', () => {
  it('by a command that has changed nothing', async () => {
    const operation = command('m.looks', { changes: () => [thing('a')] })
    const handler = async (_: unknown, { sql }: CommandContext): Promise<void> => {
      await sql.query('get a')
    }
    const looks = { operation, handler }
    const world = await worldOf([through(), looks])
    await world.get(looks, undefined)
    expect(world.reads).toBe(0)
  })

  it('by a command that is not committed', async () => {
    const get = through()
    const operation = command('m.fails', { changes: () => [thing('a')] })
    const handler = async (_: unknown, { sql }: CommandContext): Promise<void> => {
      await sql.query('fail on purpose')
    }
    const fails = { operation, handler }
    const world = await worldOf([get, fails])
    world.store.nextCommit = 'unknown, aborted'
    await expect(world.get(fails, undefined)).rejects.toMatchObject({ code: 'FUL-3006' })
    expect(world.reads).toBe(0)
  })

  it('by changes of other tags, or of queries that are not written through', async () => {
    const aside = getThing({ consistency: 'eventual', cache: { strategy: 'aside', ttl: '1m' } })
    const world = await worldOf([aside])
    await write(world, 'second')
    expect(world.reads).toBe(0)
  })
})
