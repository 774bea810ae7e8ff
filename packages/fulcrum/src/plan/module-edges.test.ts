import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { command } from '../declare/command.ts'
import type { QueryContract } from '../declare/contract/contract.ts'
import { event } from '../declare/event.ts'
import { job } from '../declare/job.ts'
import { module } from '../declare/module.ts'
import type { AnyOperation } from '../declare/operation.ts'
import { query } from '../declare/query.ts'
import { plan } from './compile-plan.ts'
import { type EdgeFacts, edgesAt, extractionRefusals, moduleEdges } from './module-edges.ts'
import type { Capabilities } from './plan.ts'

const capabilities: Capabilities = {
  store: {
    name: 'a store',
    replicas: true,
    pipelining: true,
    positions: true,
    changeStream: true,
    outbox: true,
    queue: true,
    steps: true,
  },
}

const find = query('catalog.find', { output: z.string() })
const local = query('orders.local', { output: z.string() })
const reserve = command('stock.reserve', {})
const restock = command('stock.restock', {})
const send = job('mail.send', {})
const Placed = event('orders.Placed', z.object({}))

/** The edges of one operation of the module `orders`, which has tables. */
function edgesFrom(operation: AnyOperation, ...calls: readonly AnyOperation[]): string[][] {
  return moduleEdges([{ operation, calls, plan: plan(operation, tables('orders'), capabilities) }]).map(
    ({ kind, from, to }) => [kind, from, to],
  )
}

function tables(name: string) {
  return { name, db: { builder: 'kysely' }, migrations: undefined } as const
}

function reading(contract: QueryContract): AnyOperation {
  return query('orders.read', { output: z.string(), contract })
}

describe('an edge is transactional', () => {
  it('where a command joins another one', () => {
    const place = command('orders.place', { contract: { transaction: { joins: [reserve] } } })
    expect(edgesFrom(place)).toEqual([['transactional', 'orders.place', 'stock.reserve']])
  })

  it('where a run remembers a command of another module in its transaction, but not where it reads', () => {
    const contract = { steps: {}, idempotency: { key: 'header' } } as const
    expect(edgesFrom(command('orders.pay', { contract }), reserve, find)).toEqual([
      ['transactional', 'orders.pay', 'stock.reserve'],
      ['call', 'orders.pay', 'catalog.find'],
    ])
  })

  it('where a transaction reads', () => {
    expect(edgesFrom(command('orders.place', {}), find)).toEqual([
      ['transactional', 'orders.place', 'catalog.find'],
    ])
    expect(edgesFrom(job('orders.sum', {}), find)).toEqual([['transactional', 'orders.sum', 'catalog.find']])
  })

  const tied: readonly QueryContract[] = [
    { consistency: { snapshot: true, staleness: 'any' } },
    { consistency: { session: 'read-your-writes', staleness: 'any' } },
    { consistency: { staleness: '30s' }, cache: { strategy: 'aside', ttl: '30s', invalidation: 'ttl' } },
    { consistency: 'eventual', cache: { strategy: 'aside', ttl: '30s' } },
  ]
  it.each(tied)('where a query answers of one state: %j', (contract) => {
    expect(edgesFrom(reading(contract), find)).toEqual([['transactional', 'orders.read', 'catalog.find']])
  })

  it('where a job is enqueued in the database of both', () => {
    expect(edgesFrom(command('orders.place', {}), send)).toEqual([
      ['transactional', 'orders.place', 'mail.send'],
    ])
  })
})

describe('an edge is a call', () => {
  const loose: readonly QueryContract[] = [
    {},
    { consistency: 'eventual' },
    { consistency: 'eventual', cache: { strategy: 'aside', ttl: '30s', invalidation: 'ttl' } },
  ]
  it.each(loose)('where a query may put together what is of different moments: %j', (contract) => {
    expect(edgesFrom(reading(contract), find)).toEqual([['call', 'orders.read', 'catalog.find']])
  })

  it('where a job is no transaction itself', () => {
    const order = job('orders.restock', { contract: { transaction: { scope: 'statement' } } })
    expect(edgesFrom(order, restock)).toEqual([['call', 'orders.restock', 'stock.restock']])
  })
})

describe('the edges of an application', () => {
  const mail = module('mail', { handlers: (on) => [on(Placed, () => {}), on(send, () => {})] })
  const [subscriber] = mail.bindings.map(({ target }) => target) as [AnyOperation]
  const facts = (operation: AnyOperation, ...calls: AnyOperation[]): EdgeFacts => {
    const name = operation.name.slice(0, operation.name.indexOf('.'))
    return { operation, calls, plan: plan(operation, tables(name), capabilities) }
  }
  const place = command('orders.place', { emits: [Placed], contract: { transaction: { joins: [reserve] } } })
  const edges = moduleEdges([
    facts(place),
    facts(reading({}), find, local),
    facts(reserve),
    facts(find),
    facts(subscriber),
  ])

  it('are between modules, with events as what others are told', () => {
    expect(edges.map(({ kind, from, to }) => [kind, from, to])).toEqual([
      ['transactional', 'orders.place', 'stock.reserve'],
      ['call', 'orders.read', 'catalog.find'],
      ['event', 'mail.onPlaced', 'orders.Placed'],
    ])
  })

  it('keep a module in its process where they are transactional, at either end', () => {
    const refused = (name: string): unknown[] =>
      extractionRefusals(edges, name).map(({ code, params }) => [code, params])
    const edge = 'orders.place joins stock.reserve into its transaction'
    for (const name of ['stock', 'orders'])
      expect(refused(name)).toEqual([['FUL-1040', { module: name, edge, callee: 'stock.reserve' }]])
    expect(refused('catalog')).toEqual([])
    expect(refused('mail')).toEqual([])
    expect(edgesAt(edges, 'mail')).toHaveLength(1)
  })
})
