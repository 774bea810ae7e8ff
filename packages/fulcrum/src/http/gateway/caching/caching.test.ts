import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { QueryContract } from '../../../declare/contract/contract.ts'
import type { DataClass } from '../../../declare/contract/vocabulary.ts'
import { query } from '../../../declare/query.ts'
import { tag } from '../../../declare/tag.ts'
import { plan } from '../../../plan/compile-plan.ts'
import { type AnswerAge, ageInSeconds, cacheControl } from './cache-control.ts'
import { ConsultedFacts } from './consulted.ts'
import { cachePolicy, type CachePolicy } from './policy.ts'
import { bodyTag, hasCurrent } from './validators.ts'

const thing = tag('thing')
const store = { name: 'store', replicas: true, pipelining: true, positions: true, changeStream: false }
const cache = { strategy: 'aside', ttl: '30s' } as const

function policyOf(
  contract: QueryContract,
  { versioned = false, method = 'GET' }: { versioned?: boolean; method?: 'GET' | 'POST' } = {},
): CachePolicy {
  const operation = query('test.get', {
    output: z.object({ version: z.number() }),
    reads: () => [thing()],
    contract,
    ...(versioned && { version: (output: { version: number }) => output.version }),
  })
  const module = { name: 'test', db: undefined, migrations: undefined }
  const planned = plan(operation, module, { store })
  expect(planned.refusals).toEqual([])
  return cachePolicy(operation, planned, method)
}

const now: AnswerAge = { age: 0, staleBy: 0, degraded: undefined, freshFor: 0 }
const saying = (contract: QueryContract, answer: Partial<AnswerAge> = {}): string =>
  cacheControl(policyOf(contract), { ...now, ...answer })
const ofClass = (dataClass: DataClass): Pick<QueryContract, 'data'> => ({ data: { class: dataClass } })

describe('Cache-Control', () => {
  it('keeps caches away where the contract does not cache', () => {
    const contracts = [
      {},
      { consistency: 'strong' },
      { consistency: 'eventual' },
      { consistency: { staleness: '30s' } },
    ] as const
    for (const contract of contracts)
      expect(saying({ ...contract, ...ofClass('public') }, { freshFor: 30_000 })).toBe('no-store')
  })

  it('grants what is left of the time, counted from when the data was read', () => {
    const contract = { consistency: { staleness: '30s' }, cache, ...ofClass('public') } as const
    expect(saying(contract, { freshFor: 30_000 })).toBe('public, max-age=30, s-maxage=30, must-revalidate')
    const older = saying(contract, { age: 11_300, freshFor: 18_700 })
    expect(older).toBe('public, max-age=30, s-maxage=30, must-revalidate')
    expect(saying(contract, { age: 29_800, freshFor: 200 })).toBe('public, no-cache')
  })

  it('grants it to shared caches for public data only', () => {
    const grants = (parts: Pick<QueryContract, 'data'>, scope?: 'public' | 'tenant'): string =>
      saying(
        { consistency: 'eventual', cache: { ...cache, ...(scope && { scope }) }, ...parts },
        { freshFor: 5_000 },
      )
    expect(grants(ofClass('public'))).toBe('public, max-age=5, s-maxage=5')
    expect(grants({})).toBe('private, max-age=5')
    expect(grants(ofClass('internal'))).toBe('private, max-age=5')
    expect(grants(ofClass('personal'))).toBe('private, max-age=5')
    expect(grants(ofClass('public'), 'tenant')).toBe('private, max-age=5')
    expect(grants(ofClass('financial'))).toBe('no-store')
    expect(grants(ofClass('health'), 'public')).toBe('no-store')
  })

  it('lets the caller alone keep what a session has to see, and ask before each use', () => {
    for (const session of ['read-your-writes', 'monotonic', 'causal'] as const) {
      const contract = { consistency: { session }, cache, ...ofClass('public') } as const
      expect(saying(contract, { freshFor: 9_000 })).toBe('private, no-cache')
    }
  })

  it('grants stale answers where the contract does, without s-maxage, which would take that back', () => {
    const lenient = { ...cache, staleWhileRevalidate: '10s', grace: '1h' } as const
    const eventual = { consistency: 'eventual', cache: lenient, ...ofClass('public') } as const
    expect(saying(eventual, { freshFor: 5_000 })).toBe(
      'public, max-age=5, stale-while-revalidate=10, stale-if-error=3600',
    )
    const bounded = { staleness: '5s', onPartition: 'serve-stale', maxStale: '1m' } as const
    expect(saying({ consistency: bounded, cache: lenient }, { freshFor: 5_000 })).toBe(
      'private, max-age=5, stale-if-error=55',
    )
    expect(saying({ consistency: { staleness: '5s' }, cache: lenient }, { freshFor: 5_000 })).toBe(
      'private, max-age=5, must-revalidate',
    )
  })

  it('lets nobody keep what stands in for a better answer', () => {
    const contract = { consistency: 'eventual', cache } as const
    expect(saying(contract, { freshFor: 5_000, degraded: 'stale' })).toBe('no-store')
    expect(saying(contract, { freshFor: 5_000, degraded: 'fallback' })).toBe('no-store')
    expect(saying(contract, { freshFor: 5_000, staleBy: 1 })).toBe('no-store')
  })

  it('is not granted where a tag could not tell two principals apart, nor to POST', () => {
    const personal = { consistency: 'eventual', cache, ...ofClass('personal') } as const
    expect(policyOf(personal, { versioned: true }).keep).toBe('never')
    expect(policyOf(personal).keep).toBe('for a time')
    expect(policyOf({ consistency: 'eventual', cache }, { versioned: true }).keep).toBe('for a time')
    expect(policyOf({ consistency: 'eventual', cache }, { method: 'POST' }).keep).toBe('never')
  })

  it('never makes a cache serve for longer than the contract allows', () => {
    const ms = fc.integer({ min: 0, max: 100_000 })
    const bound = fc.integer({ min: 1, max: 60 })
    fc.assert(
      fc.property(ms, ms, bound, fc.option(fc.nat(600)), (age, freshFor, staleness, more) => {
        const partition =
          more === null ? {} : ({ onPartition: 'serve-stale', maxStale: `${staleness + more}s` } as const)
        const consistency = { staleness: `${staleness}s`, ...partition } as const
        const answer = { ...now, age, freshFor }
        const value = cacheControl(policyOf({ consistency, cache, ...ofClass('public') }), answer)
        // RFC 9111, 4.2: how long a cache goes on without asking, and for how much longer when it gets no answer.
        const fresh = value.includes('no-cache') ? 0 : directive(value, 'max-age') - ageInSeconds(answer)
        expect(fresh * 1000).toBeLessThanOrEqual(freshFor)
        expect(fresh * 1000).toBeGreaterThan(freshFor - 1_000)
        expect(directive(value, 's-maxage') || directive(value, 'max-age')).toBe(directive(value, 'max-age'))
        expect(directive(value, 'stale-if-error')).toBe(more ?? 0)
        if (more === null) expect(value).toMatch(/must-revalidate|no-cache/)
      }),
    )
  })
})

function directive(value: string, name: string): number {
  return Number(new RegExp(`(?:^|, )${name}=(\\d+)`).exec(value)?.[1] ?? 0)
}

describe('If-None-Match', () => {
  it.each(['"7"', 'W/"7"', '"1", "7"', '"1" , W/"7"', '*', ' * '])('%s has the answer "7"', (header) => {
    expect(hasCurrent(header, '"7"')).toBe(true)
  })

  it.each([undefined, '', '7', '"77"', '"1,7"', 'W/"1"', '"', '*, "1"'])('%s has not', (header) => {
    expect(hasCurrent(header, '"7"')).toBe(false)
  })

  it('is answered quickly, whatever it is', () => {
    const started = performance.now()
    for (const hostile of ['"'.repeat(16_000), 'W/'.repeat(8_000), '"a" '.repeat(4_000)])
      hasCurrent(hostile, '"7"')
    expect(performance.now() - started).toBeLessThan(1_000)
  })
})

describe('the tag of a body', () => {
  it('is a strong entity tag that another body does not have', () => {
    expect(bodyTag('{"a":1}')).toMatch(/^"[\w-]{22}"$/)
    expect(bodyTag('{"a":1}')).toBe(bodyTag('{"a":1}'))
    expect(bodyTag('{"a":2}')).not.toBe(bodyTag('{"a":1}'))
  })
})

describe('a request whose principal is resolved', () => {
  const facts = { method: 'GET', path: '/', header: (name: string) => `value of ${name}`, raw: {} }

  it('tells which headers were looked at', () => {
    const consulted = new ConsultedFacts(facts)
    expect(consulted.header('X-User')).toBe('value of X-User')
    consulted.header('authorization')
    consulted.header('x-user')
    expect(consulted.names).toEqual(['x-user', 'authorization'])
  })

  it('tells nothing when the transport was asked', () => {
    const consulted = new ConsultedFacts(facts)
    expect(consulted.raw).toBe(facts.raw)
    expect(consulted.names).toBeUndefined()
  })
})
