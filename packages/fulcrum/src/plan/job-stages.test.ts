import { describe, expect, it } from 'vitest'
import { event } from '../declare/event.ts'
import { job } from '../declare/job.ts'
import { z } from 'zod'
import { plan } from './compile-plan.ts'
import { explain } from './explain.ts'
import type { Plan } from './plan.ts'

const module = { name: 'orders', db: undefined, migrations: undefined }
const store = {
  name: 'PostgreSQL',
  replicas: false,
  pipelining: true,
  positions: true,
  changeStream: true,
  outbox: true,
  queue: true,
}
const Billed = event('orders.Billed', z.object({ id: z.string() }))

function stages({ stages: all }: Plan): readonly string[] {
  return all.map(({ stage }) => stage)
}

describe('the plan of a job', () => {
  it('is one transaction that is applied once, with safe defaults', () => {
    const drawn = plan(job('orders.bill', {}), module, { store })
    expect(stages(drawn)).toEqual(['job', 'deadline', 'retry', 'transaction', 'apply once', 'run'])
    expect(drawn.stages[0]).toMatchObject({
      attempts: 5,
      backoff: 10_000,
      concurrency: 10,
      keys: 'none',
      timeout: 300_000,
    })
  })

  it('commits its events with it', () => {
    const drawn = plan(job('orders.bill', { emits: [Billed] }), module, { store })
    expect(stages(drawn)).toEqual(['job', 'deadline', 'retry', 'transaction', 'outbox', 'apply once', 'run'])
  })

  it('runs statements one by one where the contract says so, and says what that gives up', () => {
    const tell = job('orders.tell', { contract: { transaction: { scope: 'statement' } } })
    const drawn = plan(tell, module, { store })
    expect(stages(drawn)).toEqual(['job', 'deadline', 'statements', 'run'])
    const text = explain(drawn, tell).replaceAll(/\s+/g, ' ')
    expect(text).toContain('Gives up: one effect for certain')
    expect(text).not.toContain('what callers see when it fails')
  })

  it('is refused where nothing can wait', () => {
    const bill = job('orders.bill', {})
    expect(plan(bill, module, { store: undefined }).refusals).toMatchObject([{ code: 'FUL-1008' }])
    const { queue: _, ...without } = store
    expect(plan(bill, module, { store: without }).refusals).toMatchObject([{ code: 'FUL-1008' }])
  })

  it.each([
    [{ unique: () => 'a' }, 'one waits'],
    [{ order: () => 'a' }, 'in order'],
  ])('keeps to the rule about keys of %j', (delivery, keys) => {
    const drawn = plan(job('orders.bill', { contract: { delivery } }), module, { store })
    expect(drawn.stages[0]).toMatchObject({ keys })
  })
})
