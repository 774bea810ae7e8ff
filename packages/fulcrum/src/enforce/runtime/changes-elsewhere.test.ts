import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { sharedMemory } from '../../adapters/memory/shared-memory.ts'
import { command } from '../../declare/command.ts'
import type { QueryContext } from '../../declare/context.ts'
import type { QueryContract } from '../../declare/contract/contract.ts'
import type { VirtualClock } from '../../kernel/clock-virtual.ts'
import { createSeededRandom } from '../../kernel/random-seeded.ts'
import type { SharedCache, SharedCacheSource } from '../../ports/shared-cache.ts'
import { labelElsewhere } from '../cache/elsewhere.ts'
import { tagKeysOf } from '../cache/operation-cache.ts'
import {
  type Bound,
  getThing,
  instead,
  putThing,
  thing,
  World,
  type WorldOptions,
} from './instances.fixture.ts'

const cache = { strategy: 'aside', ttl: '1h', jitter: 0 } as const
const put = putThing()

/** Something that is not in the store, and what is made of it: a query answers with it and a row, and a command of a module without tables sets it. */
class Outside {
  readonly values = new Map<string, number>()
  readonly get: Bound
  readonly set: Bound

  constructor(contract: QueryContract = { consistency: 'eventual', cache }) {
    this.get = {
      ...getThing(contract),
      handler: async ({ id }: { id: string }, { sql }: QueryContext) => {
        const [value, { rows }] = [this.values.get(id), await sql.query<{ value: unknown }>(`get ${id}`)]
        return { value, row: rows[0]?.value }
      },
    }
    const operation = command('m.set', {
      input: z.object({ id: z.string(), value: z.number() }),
      changes: ({ id }) => [thing(id)],
    })
    const handler = ({ id, value }: { id: string; value: number }): void =>
      void this.values.set(id, Math.max(value, this.values.get(id) ?? 0))
    this.set = { operation, handler, isElsewhere: true }
  }

  world(options: WorldOptions = {}): Promise<World> {
    return World.of([this.get, this.set, put], { instances: 2, ...options })
  }

  write(world: World, value: number, on = 0): Promise<unknown> {
    return world.get(this.set, { id: 'a', value }, { on })
  }

  async valueOn(world: World, on: number): Promise<unknown> {
    return ((await world.get(this.get, { id: 'a' }, { on })).value as { value: unknown }).value
  }
}

describe.each([
  ['the primary', false],
  ['a replica', true],
])('a change that is not in the store ends answers that were read from %s', (_, hasReplica) => {
  it('here, on other instances and in the shared cache, although the store has not moved', async () => {
    const outside = new Outside()
    const world = await outside.world({ instances: 3, hasReplica })
    await outside.write(world, 1)
    expect([await outside.valueOn(world, 0), await outside.valueOn(world, 1)]).toEqual([1, 1])
    await outside.write(world, 2)
    // The third has nothing of its own yet, and finds what the first had filled.
    expect(await outside.valueOn(world, 2)).toBe(2)
    expect([await outside.valueOn(world, 0), await outside.valueOn(world, 1)]).toEqual([2, 2])
  })

  it('and what is read after several of them is cached at once', async () => {
    const outside = new Outside()
    const world = await outside.world({ instances: 3, hasReplica })
    for (const value of [1, 2, 3]) await outside.write(world, value, value % 3)
    await world.get(put, { id: 'a', value: 'row' })
    for (const value of [4, 5]) await outside.write(world, value)
    expect(await outside.valueOn(world, 0)).toBe(5)
    const { reads } = world
    expect([await outside.valueOn(world, 1), await outside.valueOn(world, 2)]).toEqual([5, 5])
    expect(world.reads).toBe(reads)
  })

  it('and what a reading brings that began before it is not kept', async () => {
    const outside = new Outside()
    const world = await outside.world({ hasReplica })
    await outside.write(world, 1)
    world.store.takes = 100
    const early = world.ask(outside.get, { id: 'a' })
    await world.pass(50)
    await outside.write(world, 2, 1)
    expect((await world.clock.drive(early)).value).toMatchObject({ value: 1 })
    expect([await outside.valueOn(world, 0), await outside.valueOn(world, 1)]).toEqual([2, 2])
  })
})

describe('while there is a failover', () => {
  const outside = (): Outside =>
    new Outside({ consistency: 'eventual', cache: { ...cache, tiers: ['local'] } })

  it('a change that is not in the store ends what is cached, whichever primary its instance knows', async () => {
    const told = outside()
    const world = await told.world()
    await told.write(world, 1)
    await told.valueOn(world, 0)
    told.values.set('a', 2)
    const [tags, writeId] = [tagKeysOf(told.get.operation)({ id: 'a' }), 5]
    // A position of another epoch says nothing here.
    world.caches[1]?.changed('7/9', tags, { min: 5_000, writeId })
    expect(await told.valueOn(world, 0)).toBe(1)
    world.caches[1]?.changed('7/9', tags, { min: 0, writeId })
    expect(await told.valueOn(world, 0)).toBe(2)
  })

  it('what was read before such a change is not kept after it', async () => {
    const { changes } = (await outside().world()).caches[0] as World['caches'][number]
    changes.changed(7, { min: 0, writeId: 5 })
    changes.entered('7/9')
    const label = { ...labelElsewhere(1, []), epoch: '7/9', lo: 100 }
    expect(changes.admits(label, [7])).toBe(false)
    expect(changes.admits({ ...label, sees: [5] }, [7])).toBe(true)
  })
})

/** Puts off what is asked of the shared cache, and what it tells, so that all of it comes in any order. */
function delayed(cache: SharedCache, pause: () => Promise<void>): SharedCache {
  const late: Partial<SharedCache> = {
    get: (...args) => pause().then(() => cache.get(...args)),
    fill: (...args) => pause().then(() => cache.fill(...args)),
    changed: (...args) => pause().then(() => cache.changed(...args)),
    listen: ({ gap, message }) =>
      cache.listen({ gap, message: (told) => void pause().then(() => message(told)) }),
  }
  return instead(cache, late)
}

/** A shared cache in memory that is up to 15 ms late with everything. */
function lateMemory(seed: number): (clock: VirtualClock) => SharedCacheSource {
  const random = createSeededRandom(String(seed))
  return (clock) => {
    const memory = sharedMemory(clock)
    const pause = (): Promise<void> => clock.sleep(5 * Math.floor(4 * random.next()))
    return { ...memory, open: async (dependencies) => delayed(await memory.open(dependencies), pause) }
  }
}

const INSTANCES = [0, 1, 2]
const step = fc.record({
  kind: fc.constantFrom('get', 'get', 'get', 'set', 'set', 'put'),
  on: fc.constantFrom(...INSTANCES),
  pause: fc.constantFrom(0, 0, 1, 10),
})
type Step = typeof step extends fc.Arbitrary<infer Of> ? Of : never

/** Everything has arrived. */
const QUIET_MS = 200

/** Runs it on three instances, and says how often the outside was changed. */
async function goThrough(world: World, outside: Outside, steps: readonly Step[]): Promise<number> {
  let written = 0
  for (const { kind, on, pause } of steps) {
    if (kind === 'get') void world.ask(outside.get, { id: 'a' }, { on })
    else if (kind === 'put') void world.ask(put, { id: 'a', value: 'row' }, { on })
    else void world.ask(outside.set, { id: 'a', value: (written += 1) }, { on })
    await world.pass(pause)
  }
  await world.pass(QUIET_MS)
  return written
}

async function valuesOnAll(world: World, outside: Outside): Promise<unknown[]> {
  const values: unknown[] = []
  for (const on of INSTANCES) {
    values.push(await outside.valueOn(world, on))
    await world.pass(QUIET_MS)
  }
  return values
}

describe('however late everything is, and in whatever order', () => {
  it.each([
    ['the primary', false],
    ['a replica', true],
  ])(
    'all who have been told of a change are served what was read from %s after it, and from caches again',
    async (_, hasReplica) => {
      const history = fc.asyncProperty(fc.array(step, { maxLength: 25 }), fc.nat(), async (steps, seed) => {
        const outside = new Outside()
        const world = await outside.world({ instances: 3, hasReplica, source: lateMemory(seed) })
        const written = await goThrough(world, outside, steps)
        const latest = INSTANCES.map(() => (written === 0 ? undefined : written))
        expect(await valuesOnAll(world, outside)).toEqual(latest)
        const { reads } = world
        expect(await valuesOnAll(world, outside)).toEqual(latest)
        expect(world.reads).toBe(reads)
      })
      await fc.assert(history, { numRuns: 150 })
    },
  )
})
