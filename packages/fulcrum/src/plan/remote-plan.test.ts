import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { command } from '../declare/command.ts'
import { importReport, ndjson } from '../declare/ndjson.ts'
import { query } from '../declare/query.ts'
import { explain } from './explain.ts'
import { stageOf } from './plan.ts'
import { remotePlan } from './remote-plan.ts'

const place = { module: 'stock', url: 'http://stock:4100', database: 'shared' } as const
const read = query('stock.read', {
  http: 'GET /stock',
  contract: { consistency: 'eventual', cache: { strategy: 'aside', ttl: '30s' } },
})
const add = command('stock.add', {})
const once = command('stock.once', { contract: { idempotency: { key: 'header' } } })

describe('the plan of an operation that another process answers', () => {
  it('is to ask it, within the deadline', () => {
    const { stages, absent } = remotePlan(read, place)
    expect(stages.map(({ stage }) => stage)).toEqual(['deadline', 'remote'])
    expect(absent.map(({ stage }) => stage)).toEqual(['run'])
  })

  it('asks again only what has no further effect', () => {
    const repeats = [read, add, once].map((each) => stageOf(remotePlan(each, place), 'remote')?.repeats)
    expect(repeats).toEqual([true, false, true])
  })

  it('is refused for a stream of rows', () => {
    const contract = { idempotency: { key: 'header' } } as const
    const load = command('stock.load', {
      input: ndjson(z.object({ id: z.int() })),
      output: importReport,
      contract,
    })
    expect(remotePlan(load, place).refusals.map(({ name, field }) => [name, field])).toEqual([
      ['MissingCapability', 'input'],
    ])
    expect(remotePlan(once, place).refusals).toEqual([])
  })

  it('knows what the contract becomes there', () => {
    const { there } = remotePlan(read, place)
    expect(there?.stages.map(({ stage }) => stage)).toContain('local cache')
    expect(there?.refusals).toEqual([])
  })

  it('is explained', () => {
    const text = explain(remotePlan(add, place), add).replace(/\s+/g, ' ')
    expect(text).toContain('remote module stock runs at http://stock:4100')
    expect(text).toContain('502 FUL-3302')
  })
})
