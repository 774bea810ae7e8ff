import { isDomainError } from 'fulcrum'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { waitFor } from '../../support/wait-for.ts'
import type { RedisServer } from '../redis/redis-server.ts'
import { getProduct, NoProduct, setPrice } from './products-app.ts'
import { type Started, type TwoInstances, twoInstances } from './two-instances.ts'

const inputs = (...ids: string[]): { id: string }[] => ids.map((id) => ({ id }))

describe('bulk reads over PostgreSQL and Redis', () => {
  let two: TwoInstances
  let server: RedisServer
  let one: Started
  let other: Started

  beforeAll(async () => {
    two = await twoInstances({ hasReplica: true })
    ;({ one, other, server } = two)
    for (const [index, id] of ['a', 'b', 'c', 'd'].entries())
      await one.app.call(setPrice, { id, price: index + 1 })
  })

  afterAll(() => two[Symbol.asyncDispose]())

  /** What `many` inputs come to on an instance: prices, or ids that are not there. */
  async function prices({ app }: Started, ids: string[], session = app.session()): Promise<unknown[]> {
    const outcomes = await app.callMany(getProduct, inputs(...ids), { session })
    return outcomes.map((outcome) => {
      if (outcome.ok) return outcome.value.price
      return isDomainError(outcome.error, NoProduct) ? outcome.error.data : outcome.error
    })
  }

  it('read with one statement, and what one instance has read the other takes from Redis', async () => {
    const session = one.app.session()
    await one.app.call(setPrice, { id: 'a', price: 10 }, { session })
    expect(await prices(one, ['a', 'x', 'b'], session)).toEqual([10, { id: 'x' }, 2])
    expect(one.asked.bulk).toEqual([['a', 'x', 'b']])
    expect(one.asked.single).toEqual([])

    const elsewhere = other.app.session(session.token())
    await waitFor(
      async () => {
        const { bulk, single } = other.asked
        bulk.length = single.length = 0
        await prices(other, ['b', 'x', 'a', 'c', 'd'], other.app.session(session.token()))
        return bulk.length === 0 && single.length === 0
      },
      { what: 'all of them are served from caches' },
    )
    expect(await prices(other, ['d', 'a', 'x'], elsewhere)).toEqual([4, 10, { id: 'x' }])
  })

  it('show a session its own writes on any instance, whichever of the inputs they are of', async () => {
    for (let round = 0; round < 20; round += 1) {
      const session = one.app.session()
      const price = 1_000 + round
      await one.app.call(setPrice, { id: 'c', price }, { session })
      const elsewhere = other.app.session(session.token())
      expect(await prices(other, ['a', 'b', 'c', 'd'], elsewhere)).toEqual([10, 2, price, 4])
    }
  })

  it('go on while Redis is away', async () => {
    await server.kill()
    const { app } = one
    const session = app.session()
    await app.call(setPrice, { id: 'd', price: 77 }, { session })
    expect(await prices(one, ['d', 'a'], session)).toEqual([77, 10])
    await server.start()
  })

  it('are refused for commands and for what is no list', async () => {
    await expect(one.app.callMany(setPrice as never, inputs('a') as never)).rejects.toMatchObject({
      code: 'FUL-1002',
    })
    await expect(one.app.callMany(getProduct, { id: 'a' } as never)).rejects.toMatchObject({
      code: 'FUL-1002',
    })
  })
})
