import { describe, expect, it, vi } from 'vitest'
import { fulcrumError } from '../../kernel/errors/fulcrum-error.ts'
import { World } from '../runtime/instances.fixture.ts'
import type { Loss } from './acceptance.ts'
import { outcomeOf, type Put, putThings, type Putting } from './batches.fixture.ts'

const away = (): Error => fulcrumError('FUL-3002', { dependency: 'PostgreSQL', reason: 'it is away' })

async function worldOf(size = 3) {
  const puts = putThings({ size, wait: '50ms' }, {}, 'accepted')
  const losses: Loss[] = []
  const world = await World.of([puts], { lost: (loss) => losses.push(loss) })
  const transactions = vi.spyOn(world.store, 'transaction')
  return { world, puts, losses, transactions }
}

/** Puts letters of a text, and says how each call was answered. */
function putAll(world: World, puts: Putting, text: string): Promise<readonly unknown[]> {
  const wanted = text.split(' ').map((each): Put => ({ id: each.slice(0, 1), value: each.slice(1) }))
  return Promise.all(wanted.map((each) => outcomeOf(world.ask(puts, each))))
}

function stored(world: World, ids: string): unknown[] {
  return Array.from(ids, (id) => world.store.valueOf(id))
}

describe('an accepted call', () => {
  it('is answered at once, and carried out when its batch is due', async () => {
    const { world, puts } = await worldOf()
    expect(await putAll(world, puts, 'a1 b2')).toEqual([undefined, undefined])
    expect(world.runtimes[0]?.inFlight).toBe(2)
    await world.pass(49)
    expect(puts.rounds).toEqual([])
    await world.pass(10)
    expect(puts.rounds).toEqual([['a', 'b']])
    expect(stored(world, 'ab')).toEqual(['1', '2'])
    expect(world.runtimes[0]?.inFlight).toBe(0)
  })

  it('is carried out as soon as its batch is full', async () => {
    const { world, puts } = await worldOf()
    await putAll(world, puts, 'a1 b2 c3')
    await world.pass(5)
    expect(stored(world, 'abc')).toEqual(['1', '2', '3'])
  })

  it('does not end with the deadline of whoever was answered', async () => {
    const { world, puts } = await worldOf()
    expect(await outcomeOf(world.ask(puts, { id: 'a', value: '1' }, { budget: 10 }))).toBeUndefined()
    await world.pass(100)
    expect(stored(world, 'a')).toEqual(['1'])
  })

  it('is refused where its input is not valid, and where too many wait', async () => {
    const { world, puts, transactions } = await worldOf(1)
    expect(await outcomeOf(world.ask(puts, { id: 1, value: '1' }))).toBe('FUL-2001')
    transactions.mockReturnValue(new Promise(() => {}))
    const outcomes = await putAll(world, puts, Array.from('abcdefghijklmnop', (id) => `${id}1`).join(' '))
    expect(outcomes.filter((outcome) => outcome === undefined)).toHaveLength(14)
    expect(outcomes.slice(14)).toEqual(['FUL-3040', 'FUL-3040'])
  })
})

describe('what was accepted', () => {
  it('is tried again while the database is away, until it is back', async () => {
    const { world, puts, losses, transactions } = await worldOf()
    transactions.mockRejectedValue(away())
    await putAll(world, puts, 'a1 b2')
    await world.pass(60_000)
    expect(transactions.mock.calls.length).toBeGreaterThan(20)
    transactions.mockRestore()
    await world.pass(3_000)
    expect(stored(world, 'ab')).toEqual(['1', '2'])
    expect(losses).toEqual([])
  })

  it('is lost where it is at fault itself, which is counted and told once for all of one reason', async () => {
    const { world, puts, losses } = await worldOf(4)
    await putAll(world, puts, 'a1 bbad cbusy d1')
    await world.pass(200)
    expect(stored(world, 'abcd')).toEqual(['1', undefined, undefined, '1'])
    expect(losses.map(({ operation, calls, error }) => [operation, calls, (error as Error).message])).toEqual(
      expect.arrayContaining([['m.puts', 1, 'b is bad']]),
    )
    expect(losses.reduce((sum, { calls }) => sum + calls, 0)).toBe(2)
    expect(world.runtimes[0]?.inFlight).toBe(0)
  })

  it('is not repeated where nobody knows what became of its COMMIT', async () => {
    const { world, puts, losses, transactions } = await worldOf()
    world.store.nextCommit = 'unknown, committed'
    await putAll(world, puts, 'a1 b2')
    await world.pass(5_000)
    expect(transactions).toHaveBeenCalledTimes(1)
    expect(losses.map(({ calls, error }) => [calls, (error as { code: string }).code])).toEqual([
      [2, 'FUL-3006'],
    ])
  })

  it('is given up after three transactions that hang', async () => {
    const { world, puts, losses, transactions } = await worldOf()
    world.store.takes = 1e6
    await putAll(world, puts, 'a1')
    await world.pass(60_000)
    expect(transactions).toHaveBeenCalledTimes(3)
    expect(losses.map(({ calls, error }) => [calls, (error as { code: string }).code])).toEqual([
      [1, 'FUL-3001'],
    ])
  })
})

describe('an application that ends', () => {
  it('carries out at once what was accepted, and waits for that', async () => {
    const { world, puts, losses } = await worldOf(2)
    await putAll(world, puts, 'a1 b2 c3 d4 e5')
    world.store.takes = 20
    expect(await world.clock.drive(world.runtimes[0]?.drain(1_000) as Promise<number>)).toBe(0)
    expect(stored(world, 'abcde')).toEqual(['1', '2', '3', '4', '5'])
    expect(world.clock.now()).toBeLessThan(50)
    expect(losses).toEqual([])
    expect(await putAll(world, puts, 'f6')).toEqual(['FUL-3003'])
  })

  it('tells what it could not carry out in time', async () => {
    const { world, puts, losses, transactions } = await worldOf(1)
    transactions.mockRejectedValue(away())
    await putAll(world, puts, 'a1 b2 c3 d4 e5 f6')
    await world.pass(10)
    expect(await world.clock.drive(world.runtimes[0]?.drain(1_000) as Promise<number>)).toBe(6)
    await world.pass(5_000)
    const told = losses.map(({ calls, error }) => [(error as { code: string }).code, calls])
    expect(told.filter(([code]) => code === 'FUL-3042')).toEqual([['FUL-3042', 2]])
    expect(told.filter(([code]) => code === 'FUL-3002')).toHaveLength(4)
    expect(world.runtimes[0]?.inFlight).toBe(0)
  })
})
