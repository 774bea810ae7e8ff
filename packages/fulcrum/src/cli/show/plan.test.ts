import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { command } from '../../declare/command.ts'
import type { AnyOperation } from '../../declare/operation.ts'
import { query } from '../../declare/query.ts'
import { tag } from '../../declare/tag.ts'
import { plan } from '../../plan/compile-plan.ts'
import { planJson, type Planned, showPlan } from './plan.ts'

const plain = { width: 90, paint: (_: string, text: string): string => text }
const product = tag('product', z.string())

const getProduct = query('catalog.get', {
  summary: 'A product',
  input: z.object({ id: z.string() }),
  output: z.object({ id: z.string() }),
  http: 'GET /products/:id',
  reads: ({ id }) => [product(id)],
  contract: { consistency: 'eventual', latency: { deadline: '250ms', expect: '5ms' }, because: 'ADR-0003' },
})

const reserve = command('inventory.reserve', {
  input: z.object({ id: z.string() }),
  changes: ({ id }) => [product(id)],
})

function planned(operation: AnyOperation): Planned {
  const store = { name: 'PostgreSQL', replicas: true, pipelining: true }
  return { operation, plan: plan(operation, { name: 'catalog', db: undefined, migrations: [] }, { store }) }
}

describe('showPlan', () => {
  it('says what is promised, given up, done and left out', () => {
    const shown = showPlan(planned(getProduct), plain)
    expect(shown[0]).toBe('catalog.get  query  GET /products/:id')
    expect(shown[1]).toBe('  A product')
    const text = shown.join('\n')
    for (const expected of ['promises', 'Gives up:', 'plan, outermost first', '1 deadline', 'ADR-0003']) {
      expect(text).toContain(expected)
    }
  })

  it('shows every stage in order, and every absence, with its reason', () => {
    for (const each of [planned(getProduct), planned(reserve)]) {
      const text = showPlan(each, { ...plain, width: 10_000 }).join('\n')
      const places = each.plan.stages.map(({ stage, reason }, index) =>
        text.search(new RegExp(`${index + 1} ${stage} +${escape(reason)}`)),
      )
      expect(places.every((place) => place > 0)).toBe(true)
      expect(places).toEqual(places.toSorted((a, b) => a - b))
      for (const { stage, reason } of each.plan.absent) {
        expect(text).toMatch(new RegExp(`${escape(stage)} +${escape(reason)}`))
      }
    }
  })

  it('says so when an operation is not reachable over HTTP', () => {
    expect(showPlan(planned(reserve), plain)[0]).toBe('inventory.reserve  command  not over HTTP')
  })
})

function escape(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)
}

describe('planJson', () => {
  it('is plain data', () => {
    const place = command('orders.place', {
      input: z.object({ id: z.string() }),
      contract: { transaction: { joins: [reserve] }, idempotency: { key: () => 'k' } },
    })
    const json = planJson({ operation: place, plan: planned(getProduct).plan }, 'orders')
    expect(JSON.parse(JSON.stringify(json))).toEqual(json)
    expect(json['contract']).toEqual({
      transaction: { joins: ['inventory.reserve'] },
      idempotency: { key: 'function' },
    })
  })
})
