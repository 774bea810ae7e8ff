import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { PlannedOperation } from '../../app/app.ts'
import { query } from '../../declare/query.ts'
import { tag } from '../../declare/tag.ts'
import { plan } from '../../plan/compile-plan.ts'
import { explain } from '../../plan/explain.ts'
import { planJson, showPlan } from './plan.ts'

const product = tag('product', z.string())
const getProduct = query('catalog.get', {
  summary: 'A product',
  input: z.object({ id: z.string() }),
  output: z.object({ id: z.string() }),
  http: 'GET /products/:id',
  reads: ({ id }) => [product(id)],
  contract: { consistency: 'eventual', latency: { deadline: '250ms', expect: '5ms' }, because: 'ADR-0003' },
})

const planned: PlannedOperation = {
  operation: getProduct,
  module: 'catalog',
  plan: plan(
    getProduct,
    { name: 'catalog', db: undefined, migrations: [] },
    { store: { name: 'PostgreSQL', replicas: true, pipelining: true, positions: true, changeStream: false } },
  ),
}

describe('showPlan', () => {
  it('says what the plan says, in the width of the page', () => {
    const words = (text: string): string[] => text.split(/\s+/)
    for (const width of [60, 110]) {
      const shown = showPlan(planned, { width, paint: (_, text) => text })
      expect(words(shown.join('\n'))).toEqual(words(explain(planned.plan, getProduct)))
      expect(Math.max(...shown.map((line) => line.length))).toBeLessThanOrEqual(width)
    }
  })

  it('paints the name, the titles and the labels, and pads before it paints', () => {
    const shown = showPlan(planned, { width: 110, paint: (style, text) => `<${style}:${text}>` })
    expect(shown[0]).toBe('<bold:catalog.get>  query  GET /products/:id')
    expect(shown).toContain('  <dim:plan, outermost first>')
    expect(shown.some((line) => line.startsWith('    <cyan:1 deadline>  latency'))).toBe(true)
    expect(shown.some((line) => line.startsWith('    <cyan:2 route   >  '))).toBe(true)
  })
})

it('is plain data with the module for machines', () => {
  const json = planJson(planned)
  expect(JSON.parse(JSON.stringify(json))).toEqual(json)
  expect(json).toMatchObject({ module: 'catalog', name: 'catalog.get' })
})
