import { describe, expect, it } from 'vitest'
import type { FulcrumError } from '../../kernel/errors/fulcrum-error.ts'
import { command } from '../command.ts'
import { checkTerms } from './check-terms.ts'
import type { TermsKind } from './field.ts'

type Expected = readonly [name: string, field: string]

function refusals(kind: TermsKind, contract: unknown): Expected[] {
  return checkTerms(kind, 'shop.operation', contract).map((error) => [error.name, error.field ?? ''])
}

function messages(kind: TermsKind, contract: unknown): string[] {
  return checkTerms(kind, 'shop.operation', contract).map((error: FulcrumError) => error.message)
}

const reserve = command('inventory.reserve', {})

describe('what is enforced is accepted', () => {
  const accepted: readonly (readonly [TermsKind, unknown])[] = [
    ['query', {}],
    ['query', { consistency: undefined }],
    ['query', { consistency: 'strong' }],
    ['query', { consistency: 'eventual' }],
    ['query', { consistency: { staleness: 'any', session: 'none', onPartition: 'reject', snapshot: false } }],
    ['query', { consistency: { session: 'none' } }],
    [
      'query',
      { consistency: { staleness: '5s', session: 'causal', onPartition: 'serve-stale', maxStale: '1h' } },
    ],
    ['query', { consistency: { session: 'monotonic', snapshot: true } }],
    [
      'query',
      {
        consistency: 'eventual',
        cache: {
          strategy: 'aside',
          ttl: '30s',
          invalidation: 'log',
          tiers: ['local'],
          scope: 'tenant',
          refreshEarly: true,
          staleWhileRevalidate: '10s',
          grace: '1m',
          softTimeout: '50ms',
          negativeTtl: '2s',
          jitter: 20,
        },
      },
    ],
    ['wrap', { cache: { strategy: 'aside', ttl: '1s', grace: '1m' } }],
    ['query', { latency: { deadline: '250ms', expect: '5ms' } }],
    ['query', { throughput: { coalesce: false } }],
    ['query', { throughput: { coalesce: true } }],
    [
      'command',
      {
        transaction: {
          isolation: 'read committed',
          durability: 'local',
          ifMatch: 'optional',
          joins: [reserve],
        },
      },
    ],
    ['command', { transaction: { ifMatch: true } }],
    ['command', { throughput: { acknowledge: 'durable' } }],
    ['command', { steps: {}, idempotency: { key: 'header' } }],
    [
      'command',
      {
        steps: { within: '10s', attempts: 1, backoff: '1s', timeout: '10s' },
        idempotency: { key: 'header' },
      },
    ],
    ['command', { throughput: { batch: { size: 1, wait: '5ms' }, acknowledge: 'durable' } }],
    [
      'command',
      { throughput: { batch: { size: 9, wait: '5ms' } }, transaction: { joins: [], ifMatch: false } },
    ],
    [
      'command',
      {
        throughput: { batch: { size: 9, wait: '1m' }, acknowledge: 'accepted' },
        data: { class: 'health' },
        latency: { deadline: '1s' },
      },
    ],
    ['query', { admission: { criticality: 'default' } }],
    ['query', { failure: {} }],
    ['query', { data: { class: 'personal', fields: { name: 'personal', id: 'internal' } } }],
    ['query', { slo: { availability: 99.95, latency: { under: '100ms', target: 99 }, window: '30d' } }],
    ['query', { because: 'ADR-0003' }],
    ['command', { because: ['ADR-0003', 'ADR-0004'] }],
    ['wrap', { latency: { deadline: '2s' } }],
    ['job', { transaction: { isolation: 'repeatable read' } }],
    ['job', { transaction: { scope: 'statement' } }],
    ['job', { delivery: { attempts: 3, backoff: '5s', concurrency: 2, priority: -1, unique: () => 'one' } }],
    ['job', { delivery: { order: () => 'one' }, latency: { deadline: '23h' } }],
  ]
  it.each(accepted)('%s %j', (kind, contract) => {
    expect(messages(kind, contract)).toEqual([])
  })
})

describe('what a later version enforces is refused by name', () => {
  const later: readonly (readonly [TermsKind, unknown, string])[] = [
    ['query', { latency: { attempt: '1s' } }, 'latency.attempt'],
    ['query', { latency: { hedge: { after: 'p95', budget: '2%' } } }, 'latency.hedge'],
    ['query', { failure: { retry: { attempts: 3, backoff: '1s' } } }, 'failure.retry'],
    ['query', { failure: { fallback: 'stale' } }, 'failure.fallback'],
    ['query', { failure: { breaker: { dependency: 'model' } } }, 'failure.breaker'],
    ['query', { failure: { bulkhead: { dependency: 'model', concurrency: 4 } } }, 'failure.bulkhead'],
    ['query', { admission: { limits: [{ quota: '100/1m', by: 'ip' }] } }, 'admission.limits'],
    ['query', { admission: { criticality: 'sheddable' } }, 'admission.criticality'],
    ['job', { delivery: { rate: '10/1s' } }, 'delivery.rate'],
    ['subscriber', { delivery: { rate: '10/1s' } }, 'delivery.rate'],
    ['wrap', { failure: { fallback: [] } }, 'failure.fallback'],
  ]
  it.each(later)('%s %j', (kind, contract, field) => {
    expect(refusals(kind, contract)).toEqual([['NotYetEnforced', field]])
  })

  it('names the strategy of a cache', () => {
    const consistency = 'eventual'
    expect(refusals('query', { consistency, cache: { strategy: 'write-behind', ttl: '30s' } })).toEqual([
      ['NotYetEnforced', 'cache.strategy'],
    ])
  })

  it('says what was found and what is allowed', () => {
    expect(messages('query', { failure: { fallback: 'stale' } })).toEqual([
      `FUL-1003 shop.operation: failure.fallback is "stale", which this version does not enforce. Allowed: leaving it out.`,
    ])
  })
})

describe('unknown fields are refused with a suggestion', () => {
  it.each([
    ['query', { consistncy: 'strong' }, 'consistncy', 'consistency'],
    ['query', { latency: { deadlin: '1s' } }, 'latency.deadlin', 'deadline'],
    ['command', { transaction: { isolatoin: 'serializable' } }, 'transaction.isolatoin', 'isolation'],
    ['query', { slo: { latency: { under: '1s', taget: 99, target: 99 } } }, 'slo.latency.taget', 'target'],
  ] as const)('%s %j', (kind, contract, field, suggestion) => {
    expect(refusals(kind, contract)).toEqual([['UnknownField', field]])
    expect(messages(kind, contract)[0]).toContain(`Did you mean "${suggestion}"?`)
  })

  it('suggests nothing for what resembles nothing', () => {
    expect(messages('query', { zebra: 1 })[0]).not.toContain('Did you mean')
  })
})

describe('fields of another kind are refused', () => {
  it.each([
    ['command', { consistency: 'strong' }, 'consistency'],
    ['command', { cache: { strategy: 'aside', ttl: '1s' } }, 'cache'],
    ['query', { transaction: { isolation: 'serializable' } }, 'transaction'],
    ['query', { idempotency: { key: 'header' } }, 'idempotency'],
    ['command', { latency: { expect: '5ms' } }, 'latency.expect'],
    ['query', { throughput: { acknowledge: 'durable' } }, 'throughput.acknowledge'],
    ['job', { transaction: { ifMatch: true } }, 'transaction.ifMatch'],
    ['wrap', { slo: { availability: 99 } }, 'slo'],
    ['wrap', { consistency: 'eventual' }, 'consistency'],
  ] as const)('%s %j', (kind, contract, field) => {
    expect(refusals(kind, contract)).toEqual([['FieldOfOtherKind', field]])
  })

  it('says whose field it is', () => {
    expect(messages('command', { consistency: 'strong' })[0]).toContain(
      'consistency belongs to queries, and this is a command. Allowed: transaction,',
    )
  })
})

describe('values of the wrong type, unit or range are refused', () => {
  it.each([
    ['query', 5, 'contract'],
    ['query', null, 'contract'],
    ['query', { consistency: 'weak' }, 'consistency'],
    ['query', { consistency: {} }, 'consistency'],
    ['query', { consistency: { onPartition: 'reject' } }, 'consistency'],
    ['query', { latency: '1s' }, 'latency'],
    ['query', { latency: { deadline: 250 } }, 'latency.deadline'],
    ['query', { latency: { deadline: '0ms' } }, 'latency.deadline'],
    ['query', { latency: { deadline: '5 s' } }, 'latency.deadline'],
    ['query', { latency: { hedge: { after: 'p95' } } }, 'latency.hedge.budget'],
    ['command', { transaction: { isolation: 'snapshot' } }, 'transaction.isolation'],
    ['command', { transaction: { ifMatch: 'yes' } }, 'transaction.ifMatch'],
    ['command', { transaction: { joins: ['inventory.reserve'] } }, 'transaction.joins[0]'],
    ['query', { slo: { availability: 0 } }, 'slo.availability'],
    ['query', { slo: { availability: 100.1 } }, 'slo.availability'],
    ['query', { slo: { latency: { under: '1s', target: '99' } } }, 'slo.latency.target'],
    ['query', { slo: { latency: '100ms' } }, 'slo.latency'],
    ['query', { data: { class: 'secret' } }, 'data.class'],
    ['query', { data: { fields: { 'a.b': 'secret' } } }, "data.fields['a.b']"],
    ['query', { because: '' }, 'because'],
    ['query', { because: 'ADR 3' }, 'because'],
    ['query', { because: [] }, 'because'],
    ['query', { cache: { strategy: 'beside', ttl: '1s' } }, 'cache.strategy'],
    ['query', { cache: {} }, 'cache.strategy'],
    ['command', { idempotency: { key: 'body' } }, 'idempotency.key'],
    ['command', { throughput: { batch: { size: 0, wait: '5ms' } } }, 'throughput.batch.size'],
    ['command', { throughput: { batch: { size: 5 } } }, 'throughput.batch.wait'],
    ['command', { steps: { attempts: 0 } }, 'steps.attempts'],
    ['command', { steps: { within: 'long' } }, 'steps.within'],
    ['command', { steps: true }, 'steps'],
    ['query', { failure: { breaker: {} } }, 'failure.breaker.dependency'],
    [
      'query',
      { admission: { limits: [{ quota: '100 per minute', by: 'ip' }] } },
      'admission.limits[0].quota',
    ],
  ] as const)('%s %j', (kind, contract, field) => {
    expect(refusals(kind, contract)).toContainEqual(['InvalidValue', field])
  })
})

describe('contradictions within a contract', () => {
  const batch = { size: 10, wait: '5ms' }
  it.each([
    ['expect over deadline', 'query', { latency: { expect: '2s', deadline: '1s' } }, 'latency.expect'],
    [
      'objective over deadline',
      'query',
      { latency: { deadline: '1s' }, slo: { latency: { under: '2s', target: 9 } } },
      'slo.latency.under',
    ],
    [
      'isolation of no transaction',
      'job',
      { transaction: { scope: 'statement', isolation: 'serializable' } },
      'transaction.isolation',
    ],
    [
      'two rules for one key',
      'job',
      { delivery: { unique: () => '1', order: () => '1' } },
      'delivery.unique',
    ],
    ['parts of a second', 'job', { delivery: { backoff: '1500ms' } }, 'delivery.backoff'],
    ['a run of more than a day', 'job', { latency: { deadline: '24h' } }, 'latency.deadline'],
    [
      'class below a field',
      'query',
      { data: { class: 'internal', fields: { name: 'health' } } },
      'data.fields.name',
    ],
    [
      'a batch that compares versions',
      'command',
      { throughput: { batch }, transaction: { ifMatch: 'optional' } },
      'transaction.ifMatch',
    ],
    [
      'a batch that joins',
      'command',
      { throughput: { batch }, transaction: { joins: [reserve] } },
      'transaction.joins',
    ],
    [
      'accepted, but not in batches',
      'command',
      { throughput: { acknowledge: 'accepted' } },
      'throughput.acknowledge',
    ],
    [
      'accepted, and replicated',
      'command',
      { throughput: { batch, acknowledge: 'accepted' }, transaction: { durability: 'replicated' } },
      'transaction.durability',
    ],
    [
      'accepted money',
      'command',
      { throughput: { batch, acknowledge: 'accepted' }, data: { class: 'financial' } },
      'data.class',
    ],
    [
      'accepted money in a field',
      'command',
      { throughput: { batch, acknowledge: 'accepted' }, data: { fields: { 'a.b': 'financial' } } },
      "data.fields['a.b']",
    ],
    ['steps of no key', 'command', { steps: {} }, 'steps'],
    ['steps that nobody remembers', 'command', { steps: {}, idempotency: 'none' }, 'steps'],
    [
      'steps in a transaction',
      'command',
      { steps: {}, idempotency: { key: 'header' }, transaction: { isolation: 'serializable' } },
      'transaction.isolation',
    ],
    [
      'steps that join',
      'command',
      { steps: {}, idempotency: { key: 'header' }, transaction: { joins: [reserve] } },
      'transaction.joins',
    ],
    [
      'steps that compare versions',
      'command',
      { steps: {}, idempotency: { key: 'header' }, transaction: { ifMatch: 'optional' } },
      'transaction.ifMatch',
    ],
    [
      'attempts that outlast their run',
      'command',
      { steps: { within: '5s' }, idempotency: { key: 'header' } },
      'steps.timeout',
    ],
    [
      'waiting over deadline',
      'command',
      { throughput: { batch: { size: 5, wait: '2s' } }, latency: { deadline: '1s' } },
      'throughput.batch.wait',
    ],
  ] as const)('%s', (_, kind, contract, field) => {
    expect(refusals(kind, contract)).toEqual([['Contradiction', field]])
  })

  it('accepts equal values', () => {
    expect(
      messages('query', {
        latency: { expect: '1s', deadline: '1000ms' },
        slo: { latency: { under: '1s', target: 9 } },
      }),
    ).toEqual([])
    expect(messages('query', { data: { class: 'personal', fields: { name: 'personal' } } })).toEqual([])
  })
})

it('refuses steps in batches', () => {
  const throughput = { batch: { size: 10, wait: '5ms' }, acknowledge: 'durable' }
  expect(refusals('command', { steps: {}, idempotency: { key: 'header' }, throughput })).toEqual([
    ['Contradiction', 'idempotency.key'],
    ['Contradiction', 'throughput.batch'],
    ['Contradiction', 'throughput.acknowledge'],
  ])
})

describe('contradictions of freshness are refused', () => {
  const cache = { strategy: 'aside', ttl: '30s' }
  const inputOf = { tag: () => undefined, input: () => undefined }
  it.each([
    [{ cache }, 'cache.strategy', 'the default'],
    [{ cache, consistency: 'strong' }, 'cache.strategy', "consistency 'strong'"],
    [
      { consistency: { session: 'monotonic', onPartition: 'serve-stale' } },
      'consistency.onPartition',
      "consistency.staleness 'any'",
    ],
    [{ consistency: { staleness: '5s', maxStale: '1m' } }, 'consistency.maxStale', "onPartition 'reject'"],
    [
      { consistency: { staleness: '5s', onPartition: 'serve-stale', maxStale: '1s' } },
      'consistency.maxStale',
      "staleness '5s'",
    ],
    [
      { consistency: 'eventual', cache: { ...cache, softTimeout: '1ms' } },
      'cache.softTimeout',
      'cache.grace',
    ],
    [
      { consistency: 'eventual', cache: { ...cache, softTimeout: '1ms', staleWhileRevalidate: '1s' } },
      'cache.softTimeout',
      'cache.grace',
    ],
    [
      { consistency: 'eventual', cache: { ...cache, strategy: 'write-through' } },
      'cache.strategy',
      'cache.inputOf',
    ],
    [{ consistency: 'eventual', cache: { ...cache, inputOf } }, 'cache.inputOf', "strategy 'aside'"],
    [
      {
        consistency: 'eventual',
        cache: { ...cache, strategy: 'write-through', inputOf, invalidation: 'ttl' },
      },
      'cache.invalidation',
      'write-through',
    ],
  ])('%j', (contract, field, other) => {
    expect(refusals('query', contract)).toEqual([['Contradiction', field]])
    expect(messages('query', contract)[0]).toContain(other)
  })

  it.each([
    [{ consistency: 'eventual', cache: { ...cache, softTimeout: '1ms', grace: '1m' } }],
    [{ consistency: { staleness: '5s', onPartition: 'serve-stale', maxStale: '5s' } }],
    [{ consistency: 'eventual', cache: { ...cache, strategy: 'write-through', inputOf } }],
  ])('but not %j', (contract) => {
    expect(messages('query', contract)).toEqual([])
  })
})
