import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { type AnyModule, checkModules } from '../check-modules.ts'
import type { QueryContract } from '../contract/contract.ts'
import { event } from '../event.ts'
import { module } from '../module.ts'
import { projection } from '../projection.ts'
import { query } from '../query.ts'

const Sold = event('shop.Sold', z.object({}))
const Returned = event('shop.Returned', z.object({}))
const sales = projection('shop.salesByDay', { from: [Sold, Returned] })
const nothing = (): void => {}
const form = { tables: [], apply: { 'shop.Sold': nothing, 'shop.Returned': nothing } }

function shop(given: unknown, name = 'shop'): AnyModule {
  return module(name, { handlers: (on) => [on(sales, given as never)] })
}

function reasons(...modules: AnyModule[]): string[] {
  return checkModules(modules).map(({ message }) => message)
}

describe('what is bound to a projection', () => {
  it('says where its tables are, and what each of its events does', () => {
    expect(reasons(shop(form))).toEqual([])
    expect(sales.schema).toBe('shop__sales_by_day')
  })

  it.each([
    ['a function', nothing, 'its apply is no object'],
    ['nothing', undefined, 'its apply is no object'],
    ['no tables', { ...form, tables: undefined }, 'its tables are no migrations'],
    ['a seed that is none', { ...form, seed: 'select' }, 'its seed is no function'],
    ['an event too few', { ...form, apply: { 'shop.Sold': nothing } }, 'what shop.Returned does'],
    ['an event too many', { ...form, apply: { ...form.apply, 'shop.Lost': nothing } }, 'kept from shop.Lost'],
    ['a field that there is not', { ...form, many: nothing }, 'many'],
  ])('is not %s', (_, given, reason) => {
    expect(reasons(shop(given))).toEqual([expect.stringContaining(reason)])
  })

  it('shares its schema with no module', () => {
    const other = module('shop__sales_by_day', { handlers: () => [] })
    expect(reasons(shop(form), other)).toEqual([expect.stringContaining('shop__sales_by_day')])
  })
})

describe('a query that reads a projection', () => {
  const reading = (contract: QueryContract, name = 'shop.show', form_: unknown = form): string[] => {
    const show = query(name, { projection: sales, contract, reads: () => [] })
    const owner = name.slice(0, name.indexOf('.'))
    const reader = { target: show, handler: nothing }
    const holder = module(owner, {
      handlers: (on) => (owner === 'shop' ? [on(sales, form_ as never), reader] : [reader]),
    })
    return reasons(...(owner === 'shop' ? [holder] : [holder, shop(form)]))
  }

  it.each<QueryContract>([
    {},
    { consistency: 'strong' },
    { consistency: 'eventual' },
    { consistency: { session: 'read-your-writes' } },
  ])('may promise %j', (contract) => expect(reading(contract)).toEqual([]))

  it.each<[QueryContract, string]>([
    [{ consistency: 'eventual', cache: { strategy: 'aside', ttl: '1s', invalidation: 'ttl' } }, 'cache'],
    [{ consistency: { session: 'causal' } }, 'consistency.session'],
    [{ consistency: { session: 'monotonic' } }, 'consistency.session'],
    [{ consistency: { staleness: '5s' } }, 'consistency.staleness'],
  ])('may not promise %j', (contract, field) => {
    expect(reading(contract)).toEqual([expect.stringContaining(field)])
  })

  it('is of the module of the projection', () => {
    expect(reading({}, 'other.show')).toEqual([expect.stringContaining('projection')])
  })
})
