import { describe, expect, it, vi } from 'vitest'
import type { ManyContext, QueryContext } from '../../declare/context.ts'
import type { QueryContract } from '../../declare/contract/contract.ts'
import type { Outcome } from '../../declare/outcome.ts'
import { query } from '../../declare/query.ts'
import { z } from 'zod'
import {
  type Bound,
  Busy,
  getThing,
  getThings,
  Missing,
  newSession,
  putThing,
  World,
} from './instances.fixture.ts'

const put = putThing()

function cached(
  cache: Partial<NonNullable<QueryContract['cache']>> = {},
  consistency: QueryContract['consistency'] = 'eventual',
): Bound {
  return getThings({ consistency, cache: { strategy: 'aside', ttl: '10s', jitter: 0, ...cache } })
}

/** Counts what the bulk form is asked for. */
function watched(get: Bound): { readonly get: Bound; readonly rounds: unknown[][] } {
  const rounds: unknown[][] = []
  const many = (inputs: never, ctx: never): unknown => {
    rounds.push((inputs as { id: string }[]).map(({ id }) => id))
    return get.many?.(inputs, ctx)
  }
  return { get: { ...get, many }, rounds }
}

async function worldOf(operations: readonly Bound[], instances = 1): Promise<World> {
  const world = await World.of([...operations, put], { instances })
  world.store.takes = 50
  for (const id of ['a', 'b', 'c', 'd']) world.store.write(id, `value of ${id}`)
  return world
}

const ids = (text: string): { id: string }[] => Array.from(text, (id) => ({ id }))

/** Values, or the codes of errors. */
const valuesOf = (outcomes: readonly Outcome<unknown>[]): unknown[] =>
  outcomes.map((outcome) => (outcome.ok ? outcome.value : (outcome.error as { code?: string }).code))

describe('a bulk read of a query with a bulk form', () => {
  it('reads with one call and one statement, and answers in the order of the inputs', async () => {
    const { get, rounds } = watched(getThings({}))
    const world = await worldOf([get])
    const { outcomes, whole } = await world.getMany(get, ids('cab'))
    expect(valuesOf(outcomes)).toEqual(['value of c', 'value of a', 'value of b'])
    expect(rounds).toEqual([['c', 'a', 'b']])
    expect(world.reads).toBe(1)
    expect(whole.source).toBe(1)
  })

  it('says for each input what it came to: an answer, a declared error, an input that is not valid', async () => {
    const get = getThings({})
    const world = await worldOf([get])
    const { outcomes } = await world.getMany(get, [{ id: 'a' }, { id: 'x' }, { id: 1 }])
    expect(valuesOf(outcomes)).toEqual(['value of a', 'm.Missing', 'FUL-2001'])
    expect(outcomes[1]).toMatchObject({ ok: false, error: { data: { id: 'x' }, status: 404 } })
  })

  it('asks the handler itself where only one is to be read', async () => {
    const { get, rounds } = watched(getThings({}))
    const world = await worldOf([get])
    expect(valuesOf((await world.getMany(get, ids('a'))).outcomes)).toEqual(['value of a'])
    expect(rounds).toEqual([])
  })

  it('fails each of them where the bulk form fails, and where it does not answer each', async () => {
    const get = getThings({})
    const many = vi.fn<() => unknown>(() => {
      throw new Error('origin is down')
    })
    const world = await worldOf([{ ...get, many }])
    const first = await world.getMany(get, ids('ab'))
    expect(first.outcomes.map((outcome) => !outcome.ok && outcome.error.message)).toEqual([
      'origin is down',
      'origin is down',
    ])
    many.mockImplementation(() => ['only one'])
    expect(valuesOf((await world.getMany(get, ids('ab'))).outcomes)).toEqual(['FUL-3019', 'FUL-3019'])
    many.mockImplementation(() => 'ab')
    expect(valuesOf((await world.getMany(get, ids('ab'))).outcomes)).toEqual(['FUL-3019', 'FUL-3019'])
  })

  it('holds each answer to the schema, and each error to those that are declared', async () => {
    const operation = query('m.counts', {
      input: z.object({ id: z.string() }),
      output: z.number(),
      errors: [Missing],
    })
    const many = (inputs: readonly { id: string }[], { failure }: ManyContext<unknown, typeof Busy>) =>
      inputs.map(({ id }) => (id === 'a' ? 1 : id === 'b' ? 'two' : failure(Busy)))
    const counts = { operation, handler: () => 0, many }
    const world = await worldOf([counts])
    const { outcomes } = await world.getMany(counts, ids('abc'))
    expect(valuesOf(outcomes)).toEqual([1, 'FUL-3008', 'FUL-3009'])
  })

  it('reads more than a thousand in rounds', async () => {
    const { get, rounds } = watched(getThings({}))
    const world = await worldOf([get])
    const { outcomes } = await world.getMany(
      get,
      Array.from({ length: 2_500 }, () => ({ id: 'a' })),
    )
    expect(outcomes).toHaveLength(2_500)
    expect(rounds.map(({ length }) => length)).toEqual([1_000, 1_000, 500])
  })

  it('ends at the deadline of the whole, and cancels the statement', async () => {
    const get = getThings({})
    const world = await worldOf([get])
    const { outcomes } = await world.getMany(get, ids('ab'), { budget: 20 })
    expect(valuesOf(outcomes)).toEqual(['FUL-3001', 'FUL-3001'])
    expect(world.store.reads.cancelled).toBe(1)
    expect(world.clock.now()).toBe(20)
  })
})

describe('a bulk read of a cached query', () => {
  it('reads only what is not at hand, and keeps each answer by itself', async () => {
    const { get, rounds } = watched(cached())
    const world = await worldOf([get])
    await world.get(get, { id: 'b' })
    const { outcomes } = await world.getMany(get, ids('abc'))
    expect(valuesOf(outcomes)).toEqual(['value of a', 'value of b', 'value of c'])
    expect(rounds).toEqual([['a', 'c']])
    expect((await world.get(get, { id: 'c' })).call.source).toBe(3)
    await world.getMany(get, ids('abc'))
    expect(world.reads).toBe(2)
  })

  it('reads what is asked for twice once', async () => {
    const { get, rounds } = watched(cached())
    const world = await worldOf([get])
    const { outcomes } = await world.getMany(get, ids('abaab'))
    expect(valuesOf(outcomes).map((value) => String(value).at(-1))).toEqual(['a', 'b', 'a', 'a', 'b'])
    expect(rounds).toEqual([['a', 'b']])
  })

  it('waits for what somebody else is reading, and does not hold up the rest for it', async () => {
    const { get, rounds } = watched(cached())
    const world = await worldOf([get])
    world.store.takes = 500
    const alone = world.ask(get, { id: 'a' })
    await world.pass(10)
    world.store.takes = 50
    const whole = world.askMany(get, ids('abc'))
    await world.pass(60)
    // The others have been read meanwhile.
    expect((await world.get(get, { id: 'b' })).call.source).toBe(3)
    const { outcomes } = await world.clock.drive(whole)
    expect(valuesOf(outcomes)).toEqual(['value of a', 'value of b', 'value of c'])
    expect(rounds).toEqual([['b', 'c']])
    expect((await world.clock.drive(alone)).value).toBe('value of a')
    expect(world.reads).toBe(2)
  })

  it('takes from the shared cache what another instance has read', async () => {
    const { get, rounds } = watched(cached())
    const world = await worldOf([get], 2)
    await world.getMany(get, ids('ab'))
    const { outcomes } = await world.getMany(get, ids('abcd'), { on: 1 })
    expect(valuesOf(outcomes)).toHaveLength(4)
    expect(rounds).toEqual([
      ['a', 'b'],
      ['c', 'd'],
    ])
  })

  it('looks everything up in the shared cache in one turn', async () => {
    let inFlight = 0
    let most = 0
    const get = cached()
    const world = await World.of([get, put], {
      instances: 2,
      between: (cache) =>
        new Proxy(cache, {
          get: (target, name) => {
            const member: unknown = Reflect.get(target, name)
            if (name !== 'get' || typeof member !== 'function')
              return typeof member === 'function' ? (member.bind(target) as unknown) : member
            return async (...args: unknown[]) => {
              inFlight += 1
              most = Math.max(most, inFlight)
              await Promise.resolve()
              inFlight -= 1
              return member.apply(target, args) as unknown
            }
          },
        }),
    })
    await world.getMany(get, ids('abcd'))
    expect(most).toBe(4)
  })

  it('waits for the fill of another instance, and does not hold up the rest for it', async () => {
    const { get, rounds } = watched(cached())
    const world = await worldOf([get], 2)
    const elsewhere = world.ask(get, { id: 'a' })
    await world.pass(10)
    const { outcomes } = await world.getMany(get, ids('abc'), { on: 1 })
    expect(valuesOf(outcomes)).toEqual(['value of a', 'value of b', 'value of c'])
    expect(rounds).toEqual([['b', 'c']])
    await elsewhere
    expect(world.reads).toBe(2)
  })

  it('refreshes together what is served meanwhile', async () => {
    const { get, rounds } = watched(cached({ ttl: '1s', staleWhileRevalidate: '1m' }))
    const world = await worldOf([get])
    await world.getMany(get, ids('ab'))
    await world.pass(1_500)
    const { outcomes } = await world.getMany(get, ids('ab'))
    expect(outcomes).toHaveLength(2)
    await world.pass(100)
    expect(rounds).toEqual([
      ['a', 'b'],
      ['a', 'b'],
    ])
    expect(world.reads).toBe(2)
  })

  it('keeps nothing of which it is not known what it contains', async () => {
    const { get, rounds } = watched(cached())
    const world = await worldOf([get])
    world.store.isBlind = true
    await world.getMany(get, ids('ab'))
    await world.getMany(get, ids('ab'))
    expect(rounds).toHaveLength(2)
  })

  it('remembers what is not there', async () => {
    const { get, rounds } = watched(cached({ negativeTtl: '5s' }))
    const world = await worldOf([get])
    expect(valuesOf((await world.getMany(get, ids('xa'))).outcomes)).toEqual(['m.Missing', 'value of a'])
    expect(valuesOf((await world.getMany(get, ids('xa'))).outcomes)).toEqual(['m.Missing', 'value of a'])
    expect(rounds).toHaveLength(1)
  })

  it('keeps nothing that a change has overtaken', async () => {
    const get = cached()
    const world = await worldOf([get])
    const reading = world.askMany(get, ids('ab'))
    await world.pass(10)
    await world.get(put, { id: 'a', value: 'new' })
    await reading
    const { outcomes } = await world.getMany(get, ids('ab'))
    expect(valuesOf(outcomes)).toEqual(['new', 'value of b'])
  })

  it('shows nobody what belongs to another principal', async () => {
    const whose = (_: unknown, { principal }: QueryContext) => principal?.id
    const operation = query('m.whose', {
      input: z.object({ id: z.string() }),
      output: z.unknown(),
      contract: {
        consistency: 'eventual',
        cache: { strategy: 'aside', ttl: '10s', scope: 'principal', invalidation: 'ttl' },
      },
    })
    const many = (inputs: readonly unknown[], ctx: QueryContext): unknown[] =>
      inputs.map((input) => whose(input, ctx))
    const get = { operation, handler: whose, many }
    const world = await worldOf([get])
    const of = async (id: string): Promise<unknown[]> =>
      valuesOf((await world.getMany(get, ids('ab'), { principal: { id } })).outcomes)
    expect(await of('ann')).toEqual(['ann', 'ann'])
    expect(await of('bob')).toEqual(['bob', 'bob'])
    expect(await of('ann')).toEqual(['ann', 'ann'])
  })

  it('has nothing of its caller where its answers are for everybody', async () => {
    const get = cached()
    const many = (_: unknown, { principal }: QueryContext): unknown => [principal?.id, 'b']
    const world = await worldOf([{ ...get, many }])
    const { outcomes } = await world.getMany(get, ids('ab'), { principal: { id: 'ann' } })
    expect(valuesOf(outcomes)).toEqual(['FUL-3018', 'FUL-3018'])
  })
})

describe('a bulk read of a session', () => {
  const consistencies = ['read-your-writes', 'monotonic', 'causal'] as const

  it.each(consistencies)(
    'shows its own writes (%s), whichever of the inputs they are of',
    async (session) => {
      for (const get of [getThings({ consistency: { session } }), cached({}, { session })]) {
        const world = await worldOf([get])
        const mine = newSession()
        await world.getMany(get, ids('abcd'), { session: newSession() })
        // The replica, and what is cached, do not have it.
        world.store.replayed = world.store.lsn
        await world.get(put, { id: 'c', value: 'mine' }, { session: mine })
        const { outcomes } = await world.getMany(get, ids('abcd'), { session: mine })
        expect(valuesOf(outcomes)).toEqual(['value of a', 'value of b', 'mine', 'value of d'])
      }
    },
  )

  it('is shown nothing older afterwards than what it has seen of each tag', async () => {
    const get = getThings({ consistency: { session: 'monotonic' } })
    const world = await worldOf([get])
    const mine = newSession()
    world.store.isReplicaUp = false
    world.store.write('a', 'newer')
    world.store.write()
    await world.getMany(get, ids('ab'), { session: mine })
    world.store.isReplicaUp = true
    world.store.replayed = 1_000
    expect((await world.get(get, { id: 'a' }, { session: mine })).value).toBe('newer')
    expect(world.store.reads.replica).toBe(0)
  })

  it('says how far past its bound the answers are', async () => {
    const get = getThings({
      consistency: { staleness: '1s', onPartition: 'serve-stale', maxStale: '1m' },
    })
    const world = await worldOf([get])
    await world.getMany(get, ids('ab'))
    world.store.isPrimaryUp = false
    await world.pass(5_000)
    const { outcomes, whole } = await world.getMany(get, ids('ab'))
    expect(valuesOf(outcomes)).toEqual(['value of a', 'value of b'])
    expect(whole.degraded).toBe('stale')
    expect(whole.staleBy).toBeGreaterThan(3_000)
  })
})

describe('a bulk read of a query without a bulk form', () => {
  it('reads one by one, several at a time', async () => {
    const get = getThing({})
    let most = 0
    let running = 0
    const handler = async (input: never, ctx: never): Promise<unknown> => {
      running += 1
      most = Math.max(most, running)
      return Promise.resolve(get.handler(input, ctx)).finally(() => {
        running -= 1
      })
    }
    const world = await worldOf([{ ...get, handler }])
    const { outcomes } = await world.getMany(
      get,
      Array.from({ length: 40 }, (_, index) => ({ id: index % 2 === 0 ? 'a' : 'x' })),
    )
    expect(valuesOf(outcomes).slice(0, 2)).toEqual(['value of a', 'm.Missing'])
    expect(outcomes).toHaveLength(40)
    expect(most).toBe(16)
    expect(world.clock.now()).toBe(150)
  })

  it('answers nothing with nothing', async () => {
    const get = getThing({})
    const world = await worldOf([get])
    expect((await world.getMany(get, [])).outcomes).toEqual([])
  })
})

describe('a bulk read by a handler', () => {
  interface Caller {
    readonly callMany: (of: unknown, inputs: readonly unknown[]) => Promise<readonly Outcome<unknown>[]>
  }

  function caller(get: Bound, contract: QueryContract = {}): Bound {
    const operation = query('m.list', { output: z.unknown(), contract })
    const handler = async (_: unknown, { callMany }: Caller): Promise<unknown> =>
      valuesOf(await callMany(get.operation, ids('abx')))
    return { operation, handler }
  }

  it('is on its budget, and part of what it says of its answer', async () => {
    const { get, rounds } = watched(cached())
    const list = caller(get)
    const world = await worldOf([get, list])
    await world.get(get, { id: 'a' })
    const { value, call } = await world.get(list, undefined)
    expect(value).toEqual(['value of a', 'value of b', 'm.Missing'])
    expect(rounds).toEqual([['b', 'x']])
    expect(call.source).toBe(3)
    await expect(world.get(list, undefined, { budget: 20 })).rejects.toMatchObject({ code: 'FUL-3001' })
  })

  it('is in the snapshot of a caller that has one', async () => {
    const { get, rounds } = watched(cached())
    const list = caller(get, { consistency: { staleness: 'any', snapshot: true } })
    const world = await worldOf([get, list])
    await world.getMany(get, ids('ab'))
    expect((await world.get(list, undefined)).value).toEqual(['value of a', 'value of b', 'm.Missing'])
    // Caches hold other states than the snapshot.
    expect(rounds.at(-1)).toEqual(['a', 'b', 'x'])
  })

  it('is in the transaction of a command, and shows what that has done', async () => {
    const { get, rounds } = watched(cached())
    const operation = { ...put.operation, name: 'm.putAndList' }
    const handler = async (input: never, ctx: never): Promise<void> => {
      await put.handler(input, ctx)
      seen = valuesOf(await (ctx as Caller).callMany(get.operation, ids('ab')))
    }
    let seen: unknown
    const world = await worldOf([get, { operation, handler }])
    await world.getMany(get, ids('ab'))
    await world.get({ operation, handler }, { id: 'a', value: 'new' })
    expect(seen).toEqual(['value of a', 'value of b'])
    expect(rounds).toEqual([
      ['a', 'b'],
      ['a', 'b'],
    ])
    expect(world.reads).toBe(1)
  })

  it('is refused for anything but a query, and says whose fault an invalid input is', async () => {
    const get = getThings({})
    const operation = query('m.wrong', { output: z.unknown() })
    const handler = async (_: unknown, { callMany }: Caller): Promise<unknown> =>
      valuesOf(await callMany(get.operation, [{ id: 1 }]))
    const wrong = { operation, handler }
    const writes = {
      operation: query('m.writes', { output: z.unknown() }),
      handler: async (_: unknown, { callMany }: Caller) => callMany(put.operation, [{ id: 'a', value: 'b' }]),
    }
    const world = await worldOf([get, wrong, writes])
    expect((await world.get(wrong, undefined)).value).toEqual(['FUL-3014'])
    await expect(world.get(writes, undefined)).rejects.toMatchObject({ code: 'FUL-3007' })
  })
})
