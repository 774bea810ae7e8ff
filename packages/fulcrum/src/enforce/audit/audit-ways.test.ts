import { describe, expect, it } from 'vitest'
import type { QueryContext } from '../../declare/context.ts'
import type { QueryContract } from '../../declare/contract/contract.ts'
import type { AuditOutcome } from '../../observe/audit-counts.ts'
import type { SharedCache } from '../../ports/shared-cache.ts'
import { tagKeysOf } from '../cache/operation-cache.ts'
import {
  type Bound,
  getThing,
  getThings,
  instead,
  putThing,
  thing,
  World,
  type WorldOptions,
} from '../runtime/instances.fixture.ts'
import { answerOfReplicas } from './lying-replica.fixture.ts'

const put = putThing()
const cache = { strategy: 'aside', ttl: '1h', jitter: 0 } as const

/** Every answer is audited, and `a` and `b` are there. */
async function worldOf(get: Bound, options: WorldOptions = {}): Promise<World> {
  const world = await World.of([get, put], { audited: 1, ...options })
  for (const key of ['a', 'b']) world.store.write(key, 'one')
  return world
}

/** How often audits came to this. */
function found(world: World, outcome: AuditOutcome): number {
  return world.audits.get('m.get')?.report[outcome] ?? 0
}

describe('answers of a bulk read', () => {
  const inputs = [{ id: 'a' }, { id: 'b' }]
  const valuesOf = async (world: World, get: Bound): Promise<unknown[]> =>
    (await world.getMany(get, inputs)).outcomes.map((outcome) => (outcome.ok ? outcome.value : outcome.error))

  it('are audited one by one, whether they were read together or found in a cache', async () => {
    const get = getThings({ consistency: 'eventual', cache })
    const world = await worldOf(get)
    for (const held of [2, 4]) {
      expect(await valuesOf(world, get)).toEqual(['one', 'one'])
      await world.pass(2_000)
      expect([found(world, 'held'), world.log]).toEqual([held, []])
    }
  })

  it('are not audited where the primary has read them', async () => {
    const get = getThings({ consistency: 'eventual', cache })
    const world = await worldOf(get, { hasReplica: false })
    await valuesOf(world, get)
    await world.pass(2_000)
    expect(world.audits.get('m.get')?.report).toMatchObject({ held: 0, undecided: 0 })
  })

  it('are mended, each by itself', async () => {
    const get = getThings({ consistency: 'eventual', cache })
    const world = await worldOf(get)
    await valuesOf(world, get)
    await world.pass(2_000)
    world.store.write('b', 'two')
    expect(await valuesOf(world, get)).toEqual(['one', 'one'])
    await world.pass(5_000)
    expect([found(world, 'undeclared'), found(world, 'violated')]).toEqual([1, 0])
    expect(await valuesOf(world, get)).toEqual(['one', 'two'])
  })

  it('of a replica that stays behind break the bound', async () => {
    const get = getThings({ consistency: { staleness: '5s' } })
    const world = await worldOf(get)
    answerOfReplicas(world, (row) => ({ ...row, value: 'one' }))
    world.store.write('a', 'two')
    expect(await valuesOf(world, get)).toEqual(['one', 'one'])
    await world.pass(60_000)
    expect([found(world, 'violated'), found(world, 'held')]).toEqual([1, 1])
  })
})

describe('answers that were written through', () => {
  function through(consistency: NonNullable<QueryContract['consistency']> = 'eventual'): Bound {
    const inputOf = { tag: thing, input: (id: string) => ({ id }) }
    return getThing({ consistency, cache: { ...cache, strategy: 'write-through', inputOf } })
  }

  it.each(['eventual', { staleness: '1s' }] as const)(
    'hold (%j), however often they change',
    async (level) => {
      const get = through(level)
      const world = await worldOf(get, { instances: 2 })
      world.store.takes = 20
      for (let index = 0; index < 40; index += 1) {
        const value = `value ${index}`
        await world.get(put, { id: 'a', value }, { on: index % 2 })
        for (const on of [0, 1]) expect((await world.get(get, { id: 'a' }, { on })).value).toBe(value)
        await world.pass(130)
      }
      await world.pass(10_000)
      expect(found(world, 'held')).toBeGreaterThan(0)
      expect([found(world, 'violated'), found(world, 'undeclared'), world.log]).toEqual([0, 0, []])
    },
  )

  it('and lack a change that nobody has declared are mended', async () => {
    const get = through()
    const world = await worldOf(get)
    await world.get(put, { id: 'a', value: 'two' })
    world.store.write('a', 'three')
    const answer = await world.get(get, { id: 'a' })
    expect([answer.value, answer.call.source]).toEqual(['two', 3])
    await world.pass(5_000)
    expect(found(world, 'undeclared')).toBe(1)
    expect((await world.get(get, { id: 'a' })).value).toBe('three')
  })
})

/** An answer that is made of a row, and of something that is not in the store. */
function madeOf(outside: { value: string }, contract: QueryContract): Bound {
  const handler = async ({ id }: { id: string }, { sql }: QueryContext) => {
    await sql.query(`get ${id}`)
    return outside.value
  }
  return { ...getThing(contract), handler }
}

describe('answers with a version', () => {
  const contract: QueryContract = {
    consistency: { staleness: '30s' },
    cache: { ...cache, invalidation: 'version' },
  }

  /** It is cached everywhere, and has changed since. */
  async function changed(options: WorldOptions = {}): Promise<{ world: World; get: Bound }> {
    const outside = { value: 'old' }
    const get = madeOf(outside, contract)
    const world = await worldOf(get, { instances: 2, ...options })
    for (const on of [0, 1]) await world.get(get, { id: 'a' }, { on })
    await world.pass(2_000)
    outside.value = 'new'
    return { world, get }
  }

  it.each([
    ['at once', 0],
    ['while it is audited', 500],
  ])('may lack what a bump has ended %s', async (_, ms) => {
    const { world, get } = await changed()
    expect((await world.get(get, { id: 'a' })).value).toBe('old')
    await world.pass(ms)
    await world.clock.drive(world.caches[0]?.bump('m.get') as Promise<boolean>)
    await world.pass(60_000)
    expect([found(world, 'allowed'), found(world, 'violated'), world.log]).toEqual([1, 0, []])
  })

  it('may lack it for a second where the news of the bump were lost', async () => {
    const between = (shared: SharedCache): SharedCache => instead(shared, { listen: () => {} })
    const { world, get } = await changed({ between })
    await world.get(get, { id: 'a' }, { on: 1 })
    await world.pass(600)
    // It has just been asked for its version, and relies on that.
    await world.get(get, { id: 'a' }, { on: 1 })
    await world.pass(50)
    await world.clock.drive(world.caches[0]?.bump('m.get') as Promise<boolean>)
    expect((await world.get(get, { id: 'a' }, { on: 1 })).value).toBe('old')
    await world.pass(60_000)
    expect(found(world, 'allowed')).toBeGreaterThan(0)
    expect([found(world, 'violated'), world.log]).toEqual([0, []])
  })

  it('are held to be complete where nobody bumps', async () => {
    const { world, get } = await changed()
    await world.get(get, { id: 'a' })
    await world.pass(60_000)
    expect(found(world, 'violated')).toBe(1)
  })
})

describe('answers that lack something which is not in the store', () => {
  it('have lacked it rightly until its change was told', async () => {
    const outside = { value: 'old' }
    const get = madeOf(outside, { consistency: 'eventual', cache })
    const world = await worldOf(get)
    await world.get(get, { id: 'a' })
    await world.pass(2_000)
    outside.value = 'new'
    expect((await world.get(get, { id: 'a' })).value).toBe('old')
    await world.pass(500)
    const [tags, writeId] = [tagKeysOf(get.operation)({ id: 'a' }), 7]
    world.caches[0]?.changed(world.store.position.epoch, tags, { min: 0, writeId })
    await world.pass(5_000)
    expect([found(world, 'allowed'), world.log]).toEqual([1, []])
  })

  it('are mended on all instances, although the store has not moved', async () => {
    const outside = { value: 'old' }
    const get = madeOf(outside, { consistency: 'eventual', cache })
    const world = await worldOf(get, { instances: 2 })
    for (const on of [0, 1]) await world.get(get, { id: 'a' }, { on })
    await world.pass(2_000)
    outside.value = 'new'
    expect((await world.get(get, { id: 'a' })).value).toBe('old')
    await world.pass(5_000)
    expect(found(world, 'undeclared')).toBe(1)
    for (const on of [0, 1]) expect((await world.get(get, { id: 'a' }, { on })).value).toBe('new')
  })
})
