import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { QueryContext } from '../../declare/context.ts'
import type { QueryContract } from '../../declare/contract/contract.ts'
import { query } from '../../declare/query.ts'
import { type Bound, getThings, newSession, putThing, World } from '../runtime/instances.fixture.ts'
import { outcomeOf } from './batches.fixture.ts'

const put = putThing()
const together = { throughput: { coalesce: true } } as const

/** Reads things, and writes down what its bulk form and its handler are asked for; fails where `bad` is among them. */
function watched(contract: QueryContract = together): { readonly get: Bound; readonly rounds: string[] } {
  const things = getThings(contract)
  const rounds: string[] = []
  const many = (inputs: never, ctx: never): unknown => {
    const ids = (inputs as { id: string }[]).map(({ id }) => id)
    rounds.push(ids.join(' '))
    if (ids.includes('bad')) throw new Error('one is bad')
    return things.many?.(inputs, ctx)
  }
  const handler = (input: never, ctx: never): unknown => {
    rounds.push(`alone ${(input as { id: string }).id}`)
    return things.handler(input, ctx)
  }
  return { get: { ...things, many, handler }, rounds }
}

async function worldOf(contract?: QueryContract, ...others: readonly Bound[]) {
  const { get, rounds } = watched(contract)
  const world = await World.of([get, put, ...others])
  world.store.takes = 20
  for (const id of ['a', 'b', 'c']) world.store.write(id, `value of ${id}`)
  return { world, get, rounds }
}

function getAll(world: World, get: Bound, ids: string): Promise<readonly unknown[]> {
  return world.clock.drive(Promise.all(ids.split(' ').map((id) => outcomeOf(world.ask(get, { id })))))
}

describe('reads of one turn', () => {
  it('are one call of the bulk form, and each gets its own answer', async () => {
    const { world, get, rounds } = await worldOf()
    const outcomes = await getAll(world, get, 'b x a')
    expect(outcomes).toEqual(['value of b', 'm.Missing', 'value of a'])
    expect(rounds).toEqual(['b x a'])
    expect(world.reads).toBe(1)
    expect(world.clock.now()).toBe(20)
  })

  it('do not wait for those of the next', async () => {
    const { world, get, rounds } = await worldOf()
    const first = outcomeOf(world.ask(get, { id: 'a' }))
    await world.pass(1)
    await world.clock.drive(Promise.all([first, outcomeOf(world.ask(get, { id: 'b' }))]))
    expect(rounds).toEqual(['a', 'b'])
  })

  it('show each session what it has written', async () => {
    const { world, get, rounds } = await worldOf({
      ...together,
      consistency: { session: 'read-your-writes' },
    })
    const [session, other] = [newSession(), newSession()]
    await world.get(put, { id: 'c', value: 'old' }, { session: other })
    world.store.replayed = world.store.lsn
    await world.get(put, { id: 'a', value: 'new' }, { session })
    const asked = [world.ask(get, { id: 'b' }, { session: other }), world.ask(get, { id: 'a' }, { session })]
    const answers = await world.clock.drive(Promise.all(asked))
    expect(answers.map(({ value }) => value)).toEqual(['value of b', 'new'])
    expect(rounds).toEqual(['b a'])
    expect(answers.map(({ call }) => call.source)).toEqual([1, 1])
  })

  it('do not know who asks, whether they are alone or not', async () => {
    const { world, get } = await worldOf()
    const many = (_: never, ctx: never): unknown => [(ctx as QueryContext).principal]
    const nosy = await World.of([{ ...get, many }])
    const request = { principal: { id: 'x' } }
    expect(await nosy.clock.drive(outcomeOf(nosy.ask(get, { id: 'a' }, request)))).toBe('FUL-3041')
    expect(world.reads).toBe(0)
  })

  it('fail only where they are at fault', async () => {
    const { world, get } = await worldOf()
    expect(await getAll(world, get, 'a bad b c')).toEqual([
      'value of a',
      'one is bad',
      'value of b',
      'value of c',
    ])
  })

  it('end each with its own deadline, and together with the last of them', async () => {
    const { world, get } = await worldOf()
    const hasty = outcomeOf(world.ask(get, { id: 'a' }, { budget: 5 }))
    const patient = outcomeOf(world.ask(get, { id: 'b' }, { budget: 100 }))
    await world.pass(6)
    expect(await hasty).toBe('FUL-3001')
    expect(world.store.reads.cancelled).toBe(0)
    expect(await world.clock.drive(patient)).toBe('value of b')
    await world.clock.drive(
      Promise.all([5, 6].map((budget) => outcomeOf(world.ask(get, { id: 'a' }, { budget })))),
    )
    expect(world.store.reads.cancelled).toBe(1)
  })

  it('are of what no cache has, and each is kept by itself', async () => {
    const cache = { strategy: 'aside', ttl: '10s', jitter: 0 } as const
    const { world, get, rounds } = await worldOf({ ...together, consistency: 'eventual', cache })
    await getAll(world, get, 'a')
    expect(await getAll(world, get, 'a b b c')).toEqual([
      'value of a',
      'value of b',
      'value of b',
      'value of c',
    ])
    expect(rounds).toEqual(['a', 'b c'])
    await getAll(world, get, 'a b c')
    expect(rounds).toHaveLength(2)
  })

  it('are not those that another operation calls, which read with that', async () => {
    const { get } = watched()
    const operation = query('m.both', {})
    const handler = async (_: unknown, { call, sql }: QueryContext): Promise<void> => {
      await sql.query('get a')
      await Promise.all([
        call(get.operation as never, { id: 'a' } as never),
        call(get.operation as never, { id: 'b' } as never),
      ])
    }
    const both = { operation, handler }
    const { world, rounds } = await worldOf(together, both)
    await world.get(both, undefined)
    expect(rounds).toEqual(['alone a', 'alone b'])
  })
})

it('reads together what it would read alone', async () => {
  const ask = fc.record({ at: fc.nat(30), id: fc.constantFrom('a', 'b', 'c', 'x', 'bad') })
  await fc.assert(
    fc.asyncProperty(fc.array(ask, { maxLength: 30 }), async (asks) => {
      const { world, get, rounds } = await worldOf()
      const outcomes: unknown[] = []
      asks.forEach(({ at, id }, index) =>
        world.clock.timer(at, () => {
          void outcomeOf(world.ask(get, { id })).then((outcome) => (outcomes[index] = outcome))
        }),
      )
      await world.clock.run()
      const expected: Record<string, string> = { x: 'm.Missing', bad: 'one is bad' }
      expect(outcomes).toEqual(asks.map(({ id }) => expected[id] ?? `value of ${id}`))
      expect(rounds.length).toBeLessThanOrEqual(Math.max(0, 2 * asks.length))
    }),
    { numRuns: 100 },
  )
})
