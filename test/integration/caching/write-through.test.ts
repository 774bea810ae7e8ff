import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { setPrice, showProduct } from './products-app.ts'
import { type Started, type TwoInstances, twoInstances } from './two-instances.ts'

describe('writing through, over PostgreSQL and Redis', () => {
  let two: TwoInstances
  let one: Started
  let other: Started

  beforeAll(async () => {
    two = await twoInstances({ hasReplica: true })
    ;({ one, other } = two)
  })

  afterAll(() => two[Symbol.asyncDispose]())

  it('shows the session its write on any instance, without asking the database again', async () => {
    for (let price = 1; price <= 20; price += 1) {
      const session = one.app.session()
      one.asked.shown.length = other.asked.shown.length = 0
      await one.app.call(setPrice, { id: 'a', price }, { session })
      // The command has read it anew.
      expect(one.asked.shown).toEqual(['a'])
      expect((await one.app.call(showProduct, { id: 'a' }, { session })).price).toBe(price)
      expect(one.asked.shown).toEqual(['a'])
      const elsewhere = other.app.session(session.token())
      expect((await other.app.call(showProduct, { id: 'a' }, { session: elsewhere })).price).toBe(price)
      expect(other.asked.shown).toEqual([])
    }
  })

  it('does not keep a command from succeeding while Redis is away', async () => {
    await two.server.kill()
    const session = one.app.session()
    await one.app.call(setPrice, { id: 'b', price: 7 }, { session })
    expect((await one.app.call(showProduct, { id: 'b' }, { session })).price).toBe(7)
    await two.server.start()
  })
})
