import { describe, expect, it, vi } from 'vitest'
import { z } from 'zod'
import { command } from '../../declare/command.ts'
import type { BatchContext } from '../../declare/context.ts'
import type { AnyOperation, CommandSignature } from '../../declare/operation.ts'
import { fulcrumError } from '../../kernel/errors/fulcrum-error.ts'
import { getThing, newSession, World } from '../runtime/instances.fixture.ts'
import { outcomeOf, type Put, putAll, putThings } from './batches.fixture.ts'

const get = getThing({
  consistency: { session: 'read-your-writes' },
  cache: { strategy: 'aside', ttl: '1m' },
})

type Call = (operation: AnyOperation, input: unknown) => Promise<unknown>

/** `a1 b2`: puts 1 into a and 2 into b. */
function putsOf(text: string): Put[] {
  return text.split(' ').map((each) => ({ id: each.slice(0, 1), value: each.slice(1) }))
}

async function worldOf(batch = { size: 100, wait: '50ms' as const }, contract = {}) {
  const puts = putThings(batch, contract)
  const world = await World.of([puts, get])
  const transactions = vi.spyOn(world.store, 'transaction')
  return { world, puts, transactions }
}

describe('a batch', () => {
  it('is one transaction and one call of the form, and each call gets its own answer', async () => {
    const { world, puts, transactions } = await worldOf()
    const outcomes = await world.clock.drive(putAll(world, puts, putsOf('a1 b2 cbusy d4')))
    expect(outcomes).toEqual(['1', '2', 'm.Busy', '4'])
    expect(puts.rounds).toEqual([['a', 'b', 'c', 'd']])
    expect(transactions).toHaveBeenCalledTimes(1)
    expect(['a', 'b', 'c', 'd'].map((id) => world.store.valueOf(id))).toEqual(['1', '2', undefined, '4'])
  })

  it('has a list of one for a call that is alone, which waits for nobody', async () => {
    const { world, puts } = await worldOf()
    expect(await world.clock.drive(putAll(world, puts, putsOf('a1')))).toEqual(['1'])
    expect(puts.rounds).toEqual([['a']])
    expect(world.clock.now()).toBe(world.store.takes)
  })

  it('refuses an input that is not valid before it is one of a batch', async () => {
    const { world, puts } = await worldOf()
    const wrong = { id: 1, value: '1' } as never
    const outcomes = await world.clock.drive(putAll(world, puts, [...putsOf('a1'), wrong]))
    expect(outcomes).toEqual(['1', 'FUL-2001'])
    expect(puts.rounds).toEqual([['a']])
  })

  it('carries the facts of its answer to each call', async () => {
    const { world, puts } = await worldOf()
    const [one, two] = await world.clock.drive(
      Promise.all(putsOf('a1 b2').map((each) => world.ask(puts, each))),
    )
    expect([one?.call.version, two?.call.version]).toEqual(['of 1', 'of 2'])
    expect(one?.call.source).toBe(1)
    expect(two?.call.position).toEqual(world.store.position)
  })
})

describe('batches begin', () => {
  it('when the one before has ended, with all who came meanwhile', async () => {
    const { world, puts } = await worldOf()
    world.store.takes = 20
    const first = putAll(world, puts, putsOf('a1'))
    await world.pass(5)
    const others = [putAll(world, puts, putsOf('b1 c1')), putAll(world, puts, putsOf('d1'))]
    await world.clock.drive(Promise.all([first, ...others]))
    expect(puts.rounds).toEqual([['a'], ['b', 'c', 'd']])
    expect(world.clock.now()).toBe(40)
  })

  it('as soon as they are full, several at once, and no more than there are lanes', async () => {
    const { world, puts, transactions } = await worldOf({ size: 2, wait: '50ms' })
    world.store.takes = 20
    const all = putAll(world, puts, putsOf('a1 b1 c1 d1 e1 f1 g1 h1 i1 j1'))
    await world.pass(1)
    expect(transactions).toHaveBeenCalledTimes(4)
    await world.clock.drive(all)
    expect(puts.rounds.map((round) => round.join(''))).toEqual(['ab', 'cd', 'ef', 'gh', 'ij'])
    expect(world.clock.now()).toBe(40)
  })

  it('when the first of them has waited for long enough', async () => {
    const { world, puts } = await worldOf({ size: 100, wait: '50ms' })
    world.store.takes = 200
    const all = [putAll(world, puts, putsOf('a1'))]
    await world.pass(10)
    all.push(putAll(world, puts, putsOf('b1')))
    await world.pass(30)
    all.push(putAll(world, puts, putsOf('c1')))
    await world.pass(19)
    expect(puts.rounds).toEqual([['a']])
    await world.pass(2)
    expect(puts.rounds).toEqual([['a'], ['b', 'c']])
    await world.clock.drive(Promise.all(all))
  })

  it('and refuse whoever comes when ten times their size are waiting', async () => {
    const { world, puts } = await worldOf({ size: 1, wait: '50ms' })
    const many = Array.from({ length: 16 }, (_, index) => ({ id: `${index}`, value: '1' }))
    const outcomes = await world.clock.drive(putAll(world, puts, many))
    expect(puts.rounds.every(({ length }) => length === 1)).toBe(true)
    expect(outcomes.filter((outcome) => outcome === '1')).toHaveLength(14)
    expect(outcomes.slice(14)).toEqual(['FUL-3040', 'FUL-3040'])
  })
})

describe('a batch that fails', () => {
  it('is taken apart until only the calls at fault have failed', async () => {
    const { world, puts, transactions } = await worldOf({ size: 64, wait: '50ms' })
    const wanted = Array.from({ length: 64 }, (_, index) => ({ id: `k${index}`, value: 'ok' }))
    wanted[37] = { id: 'k37', value: 'bad' }
    const outcomes = await world.clock.drive(putAll(world, puts, wanted))
    expect(outcomes[37]).toBe('k37 is bad')
    expect(outcomes.filter((outcome) => outcome === 'ok')).toHaveLength(63)
    expect(wanted.filter(({ id }) => world.store.valueOf(id) === undefined)).toEqual([wanted[37]])
    // All, and two for each halving.
    expect(transactions).toHaveBeenCalledTimes(1 + 2 * Math.log2(64))
  })

  it('costs less than two transactions for each call, however many are at fault', async () => {
    const { world, puts, transactions } = await worldOf({ size: 16, wait: '50ms' })
    const wanted = Array.from({ length: 16 }, (_, index) => ({ id: `k${index}`, value: 'bad' }))
    const outcomes = await world.clock.drive(putAll(world, puts, wanted))
    expect(outcomes).toEqual(wanted.map(({ id }) => `${id} is bad`))
    expect(transactions).toHaveBeenCalledTimes(2 * 16 - 1)
  })

  it('commits nothing for an answer that does not match its schema, and tries the others again at once', async () => {
    const { world, puts, transactions } = await worldOf()
    const outcomes = await world.clock.drive(putAll(world, puts, putsOf('a1 bwrong c3 dwrong')))
    expect(outcomes).toEqual(['1', 'FUL-3008', '3', 'FUL-3008'])
    expect(transactions).toHaveBeenCalledTimes(2)
    expect(['a', 'b', 'c', 'd'].map((id) => world.store.valueOf(id))).toEqual([
      '1',
      undefined,
      '3',
      undefined,
    ])
  })

  it('fails all of them where its form does not answer each', async () => {
    const { world, puts, transactions } = await worldOf()
    const many = () => ['only one']
    const short = await World.of([{ ...puts, many }])
    expect(await short.clock.drive(putAll(short, puts, putsOf('a1 b2')))).toEqual(['FUL-3019', 'FUL-3019'])
    expect(world.store.valueOf('a')).toBeUndefined()
    expect(transactions).not.toHaveBeenCalled()
  })

  it.each([
    ['unknown, committed', 'FUL-3006'],
    ['unknown, aborted', 'FUL-3006'],
    ['not replicated', 'FUL-3016'],
  ] as const)('repeats nothing where its COMMIT is %s', async (outcome, code) => {
    const { world, puts, transactions } = await worldOf()
    world.store.nextCommit = outcome
    expect(await world.clock.drive(putAll(world, puts, putsOf('a1 b2')))).toEqual([code, code])
    expect(transactions).toHaveBeenCalledTimes(1)
  })

  it('fails all of them where the database is away, without taking it apart', async () => {
    const { world, puts, transactions } = await worldOf()
    const away = fulcrumError('FUL-3002', { dependency: 'PostgreSQL', reason: 'it is away' })
    transactions.mockRejectedValueOnce(away)
    expect(await world.clock.drive(putAll(world, puts, putsOf('a1 b2')))).toEqual(['FUL-3002', 'FUL-3002'])
    expect(transactions).toHaveBeenCalledTimes(1)
  })

  it('is run again after a serialization failure', async () => {
    const { world, puts, transactions } = await worldOf()
    transactions.mockRejectedValueOnce(new Error('40001'))
    vi.spyOn(world.store, 'isSerializationFailure').mockReturnValueOnce(true)
    expect(await world.clock.drive(putAll(world, puts, putsOf('a1 b2')))).toEqual(['1', '2'])
    expect(puts.rounds).toEqual([['a', 'b']])
  })
})

describe('the deadline of a call', () => {
  it('takes it out of those that wait, with 504 and nothing done', async () => {
    const { world, puts } = await worldOf({ size: 100, wait: '1m' as never })
    world.store.takes = 50
    const first = putAll(world, puts, putsOf('a1'))
    await world.pass(5)
    const hasty = putAll(world, puts, putsOf('b1'), { budget: 20 })
    const patient = putAll(world, puts, putsOf('c1'))
    await world.pass(30)
    expect(await hasty).toEqual(['FUL-3001'])
    await world.clock.drive(Promise.all([first, patient]))
    expect(puts.rounds).toEqual([['a'], ['c']])
    expect(world.store.valueOf('b')).toBeUndefined()
  })

  it('does not matter once it is part of a transaction that goes on for others: the outcome does', async () => {
    const { world, puts } = await worldOf()
    world.store.takes = 50
    const both = [
      putAll(world, puts, putsOf('a1'), { budget: 20 }),
      putAll(world, puts, putsOf('b1'), { budget: 500 }),
    ]
    expect(await world.clock.drive(Promise.all(both))).toEqual([['1'], ['1']])
    expect(world.store.valueOf('a')).toBe('1')
    expect(world.clock.now()).toBe(50)
  })

  it('ends the transaction when it was that of the last who waits', async () => {
    const { world, puts } = await worldOf()
    world.store.takes = 50
    const both = [
      putAll(world, puts, putsOf('a1'), { budget: 20 }),
      putAll(world, puts, putsOf('b1'), { budget: 30 }),
    ]
    expect(await world.clock.drive(Promise.all(both))).toEqual([['FUL-3001'], ['FUL-3001']])
    expect(world.clock.now()).toBe(30)
    await world.pass(100)
    expect(world.store.valueOf('a')).toBeUndefined()
  })

  it('takes it out of a batch that is taken apart', async () => {
    const { world, puts } = await worldOf()
    world.store.takes = 20
    const all = [
      putAll(world, puts, putsOf('abad b1'), { budget: 500 }),
      putAll(world, puts, putsOf('c1'), { budget: 30 }),
      putAll(world, puts, putsOf('d1'), { budget: 500 }),
    ]
    expect(await world.clock.drive(Promise.all(all))).toEqual([['a is bad', '1'], ['FUL-3001'], ['1']])
    expect(world.store.valueOf('c')).toBeUndefined()
  })
})

describe('a batched command that another one joins', () => {
  it('is carried out in the transaction of that one, by its form with a list of one', async () => {
    const puts = putThings({ size: 100, wait: '50ms' })
    const joins = [puts.operation as CommandSignature]
    const operation = command('n.both', { input: z.string(), contract: { transaction: { joins } } })
    const handler = async (value: string, { call }: { readonly call: Call }): Promise<void> => {
      await call(puts.operation, { id: 'a', value })
      await call(puts.operation, { id: 'b', value: '2' })
    }
    const both = { operation, handler }
    const world = await World.of([puts, both])
    const transactions = vi.spyOn(world.store, 'transaction')
    expect(await world.clock.drive(outcomeOf(world.ask(both, 'busy')))).toBe('FUL-3009')
    expect(world.store.valueOf('b')).toBeUndefined()
    expect(await world.clock.drive(outcomeOf(world.ask(both, '1')))).toBeUndefined()
    expect([world.store.valueOf('a'), world.store.valueOf('b')]).toEqual(['1', '2'])
    expect(puts.rounds).toEqual([['a'], ['a'], ['b']])
    expect(transactions).toHaveBeenCalledTimes(2)
  })
})

describe('each call of a batch', () => {
  it('has a session that is told of what that call has written, and of nothing else', async () => {
    const { world, puts } = await worldOf()
    const sessions = [newSession(), newSession()]
    const asked = putsOf('a1 b2').map((each, index) => world.ask(puts, each, { session: sessions[index] }))
    await world.clock.drive(Promise.all(asked))
    const tokens = sessions.map(({ token }) => [...(token?.tags.values() ?? [])].map(({ wrote }) => wrote))
    expect(tokens).toEqual([[world.store.lsn], [world.store.lsn]])
    const keys = sessions.map(({ token }) => [...(token?.tags.keys() ?? [])])
    expect(keys[0]).not.toEqual(keys[1])
  })

  it('ends what is cached of its own tags, and its session reads what it has written', async () => {
    const { world, puts } = await worldOf()
    world.store.write('a', 'old')
    world.store.write('b', 'old')
    const session = newSession()
    for (const id of ['a', 'b']) await world.get(get, { id }, { session })
    await world.clock.drive(Promise.all(putsOf('a1 b2').map((each) => world.ask(puts, each, { session }))))
    expect((await world.get(get, { id: 'a' }, { session })).value).toBe('1')
    expect((await world.get(get, { id: 'b' }, { session })).value).toBe('2')
  })

  it('ends what is cached of its own tags for those without a session, too', async () => {
    const plain = getThing({ consistency: 'eventual', cache: { strategy: 'aside', ttl: '1m' } })
    const puts = putThings({ size: 100, wait: '50ms' })
    const world = await World.of([puts, plain], { hasReplica: false })
    for (const id of ['a', 'b', 'c']) world.store.write(id, 'old')
    for (const id of ['a', 'b', 'c']) await world.get(plain, { id })
    await world.clock.drive(putAll(world, puts, putsOf('a1 b2')))
    world.store.write('c', 'new')
    const seen = []
    for (const id of ['a', 'b', 'c']) seen.push((await world.get(plain, { id })).value)
    expect(seen).toEqual(['1', '2', 'old'])
  })

  it('has a session that is told where it may have been written', async () => {
    const { world, puts } = await worldOf()
    world.store.nextCommit = 'unknown, committed'
    const session = newSession()
    await world.clock.drive(outcomeOf(world.ask(puts, { id: 'a', value: '1' }, { session })))
    expect([...(session.token?.tags.values() ?? [])].map(({ wrote }) => wrote)).toEqual([world.store.lsn])
  })

  it('has a principal of its own, and nothing is done in the name of one of them', async () => {
    const operation = command('m.who', {
      output: z.string(),
      contract: { throughput: { batch: { size: 9, wait: '1s' } } },
    })
    const who = {
      operation,
      many: (_: readonly void[], { principals }: BatchContext) =>
        principals.map((one) => one?.id ?? 'nobody'),
    }
    const world = await World.of([who])
    const asked = ['x', undefined, 'y'].map((id) =>
      world.ask(who, undefined, { principal: id === undefined ? undefined : { id } }),
    )
    const answers = await world.clock.drive(Promise.all(asked))
    expect(answers.map(({ value }) => value)).toEqual(['x', 'nobody', 'y'])

    const many = (_: readonly void[], ctx: { readonly principal?: unknown }) => [ctx.principal]
    const curious = await World.of([{ operation, many }])
    const nosy = { operation, many }
    expect(
      await curious.clock.drive(outcomeOf(curious.ask(nosy, undefined, { principal: { id: 'x' } }))),
    ).toBe('FUL-3041')
  })
})
