import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { command } from '../declare/command.ts'
import type { CommandContract, QueryContract } from '../declare/contract/contract.ts'
import type { AnyOperation } from '../declare/operation.ts'
import { query } from '../declare/query.ts'
import { plan } from './compile-plan.ts'
import { type Fact, factsOf } from './facts.ts'

const tables = { name: 'shop', db: undefined, migrations: [] }
const store = { name: 'PostgreSQL', replicas: true, pipelining: true, positions: true, changeStream: false }

function factOf(topic: string, operation: AnyOperation, replicas = true): Fact | undefined {
  const planned = plan(operation, tables, { store: { ...store, replicas } })
  expect(planned.refusals).toEqual([])
  return factsOf(operation, planned).find((fact) => fact.topic === topic)
}

const reading = (contract: QueryContract): AnyOperation =>
  query('shop.read', { output: z.int(), http: 'GET /x', contract })
const changing = (contract: CommandContract): AnyOperation =>
  command('shop.change', { http: 'POST /x', contract: { idempotency: 'none', ...contract } })
const reserve = command('shop.reserve', {})

describe('what a contract means to callers', () => {
  it.each([
    ['nothing', {}, 'strong', 'reads the primary'],
    ['strong', { consistency: 'strong' }, 'strong', 'reads the primary'],
    ['eventual', { consistency: 'eventual' }, 'eventual', 'reads a healthy replica'],
  ] as [string, QueryContract, string, string][])('consistency: %s', (_, contract, short, promise) => {
    const fact = factOf('Consistency', reading(contract))
    expect(fact).toMatchObject({ short, promise: expect.stringContaining(promise) as string })
    expect(fact?.cost).toBeTypeOf('string')
  })

  it('consistency: what is really done where there is no replica', () => {
    const fact = factOf('Consistency', reading({ consistency: 'eventual' }), false)
    expect(fact?.promise).toContain('none is configured, so it reads the primary')
  })

  it('consistency: bounds that bind nothing are eventual', () => {
    const weakest = { staleness: 'any', session: 'none' } as const
    expect(factOf('Consistency', reading({ consistency: weakest }))?.short).toBe('eventual')
  })

  it.each(['serializable', 'repeatable read', 'read committed'] as const)('transaction: %s', (isolation) => {
    const fact = factOf('Transaction', changing({ transaction: { isolation } }))
    expect(fact).toMatchObject({ short: isolation })
    expect(fact?.promise).toContain('entirely or not at all')
    expect(fact?.cost).toBeTypeOf('string')
  })

  it('transaction: what takes part', () => {
    const fact = factOf('Transaction', changing({ transaction: { joins: [reserve] } }))
    expect(fact?.promise).toContain('These run inside it: `shop.reserve`.')
  })

  it('throughput: what is done together, and what that costs', () => {
    const fact = factOf('Throughput', changing({ throughput: { batch: { size: 50, wait: '20ms' } } }))
    expect(fact).toMatchObject({ short: 'batches of up to 50' })
    expect(fact?.promise).toContain('each gets its own answer')
    expect(fact?.cost).toContain('up to 20ms of waiting')
    expect(fact?.cost).toContain('503 where 500 calls wait')
    expect(factOf('Throughput', changing({}))).toBeUndefined()
  })

  it('throughput: what may be lost of what was accepted', () => {
    const batch = { size: 50, wait: '20ms' } as const
    const fact = factOf('Throughput', changing({ throughput: { batch, acknowledge: 'accepted' } }))
    expect(fact?.promise).toContain('Answers with 202')
    expect(fact?.cost).toContain('what came within 20ms and the time of a transaction')
    expect(fact?.cost).toContain('up to 500 calls')
  })

  it('optimistic concurrency', () => {
    expect(factOf('Optimistic concurrency', changing({}))).toBeUndefined()
    const optional = factOf('Optimistic concurrency', changing({ transaction: { ifMatch: 'optional' } }))
    expect(optional?.promise).toContain('412')
    expect(optional?.promise).not.toContain('428')
    const required = factOf('Optimistic concurrency', changing({ transaction: { ifMatch: true } }))
    expect(required?.promise).toContain('428')
  })

  it('deadline: declared, or the default of HTTP', () => {
    expect(factOf('Deadline', reading({ latency: { deadline: '250ms' } }))?.short).toBe('within 250ms')
    expect(factOf('Deadline', reading({}))?.short).toBe('within 1s')
  })

  it('objectives, data, decisions', () => {
    const contract: QueryContract = {
      slo: { latency: { under: '100ms', target: 99 } },
      data: { class: 'personal', fields: { 'address.city': 'internal' } },
      because: ['ADR-0001', 'ADR-`2`'],
    }
    expect(factOf('Objective', reading(contract))).toMatchObject({
      short: '100ms',
      promise: '99 % finish under 100ms, over 30d.',
    })
    expect(factOf('Data', reading(contract))?.promise).toBe(
      'Carries personal data; `address.city` is internal.',
    )
    expect(factOf('Decision', reading(contract))?.promise).toBe("See `ADR-0001`, `ADR-'2'`.")
    expect(['Objective', 'Data', 'Decision'].map((topic) => factOf(topic, reading({})))).toEqual([
      undefined,
      undefined,
      undefined,
    ])
  })
})
