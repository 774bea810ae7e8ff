import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { command } from '../declare/command.ts'
import type { CommandContract, QueryContract } from '../declare/contract/contract.ts'
import { query } from '../declare/query.ts'
import type { StoreCapabilities } from '../ports/store.ts'
import { plan } from './compile-plan.ts'
import type { ModuleFacts } from './module-facts.ts'
import type { Plan } from './plan.ts'

const postgres: StoreCapabilities = {
  name: 'PostgreSQL',
  replicas: true,
  pipelining: true,
  positions: true,
  changeStream: false,
}
const owner: ModuleFacts = { name: 'shop', db: { builder: 'kysely' }, migrations: undefined }
const stateless: ModuleFacts = { name: 'shop', db: undefined, migrations: undefined }

const Id = z.object({ id: z.uuid() })
const reserve = command('stock.reserve', { input: Id })

function planOf(
  {
    query: contract,
    command: terms,
    http,
  }: { query?: QueryContract; command?: CommandContract; http?: boolean },
  module: ModuleFacts = owner,
  store: StoreCapabilities | undefined = postgres,
): Plan {
  const operation =
    terms === undefined
      ? query('shop.get', {
          ...(contract && { contract }),
          ...(http === true && { http: 'GET /shop' as const }),
        })
      : command('shop.buy', {
          contract: { ...(http === true && { idempotency: 'none' }), ...terms },
          ...(http === true && { http: 'POST /shop' as const }),
        })
  return plan(operation, module, { store })
}

function withoutStore(declared: Parameters<typeof planOf>[0], module: ModuleFacts = stateless): Plan {
  const { query: contract = {}, command: terms } = declared
  const operation =
    terms === undefined ? query('shop.get', { contract }) : command('shop.buy', { contract: terms })
  return plan(operation, module, { store: undefined })
}

function names({ stages }: Plan): string[] {
  return stages.map(({ stage }) => stage)
}

function settings(compiled: Plan, stage: string): object | undefined {
  const found = compiled.stages.find((one) => one.stage === stage)
  if (found === undefined) return undefined
  const { reason, stage: _, ...rest } = found
  expect(reason).not.toBe('')
  return rest
}

function absences({ absent }: Plan): string[] {
  return absent.map(({ stage }) => stage)
}

describe('stages, outermost first', () => {
  it('of a query', () => {
    expect(names(planOf({ query: { latency: { deadline: '1s' } } }))).toEqual(['deadline', 'route', 'run'])
  })

  it('of a command', () => {
    const terms: CommandContract = { transaction: { ifMatch: true }, latency: { deadline: '1s' } }
    expect(names(planOf({ command: terms }))).toEqual([
      'deadline',
      'precondition',
      'retry',
      'transaction',
      'run',
    ])
  })

  it('of a command in batches', () => {
    const terms: CommandContract = { throughput: { batch: { size: 50, wait: '20ms' } } }
    const compiled = planOf({ command: terms })
    expect(names(compiled)).toEqual(['batch', 'retry', 'transaction', 'run'])
    expect(settings(compiled, 'batch')).toEqual({ size: 50, wait: 20, queue: 500, acknowledge: 'durable' })
  })

  it('of a command that is a run of steps', () => {
    const terms: CommandContract = { steps: { attempts: 3 }, idempotency: { key: 'header', ttl: '1h' } }
    const compiled = planOf({ command: terms }, owner, { ...postgres, steps: true })
    expect(names(compiled)).toEqual(['invalidate', 'idempotency', 'steps', 'run'])
    expect(settings(compiled, 'steps')).toEqual({
      within: 300_000,
      attempts: 3,
      backoff: 100,
      longestBackoff: 10_000,
      timeout: 10_000,
      ttl: 3_600_000,
    })
  })

  it('of steps in a store that cannot keep them', () => {
    const refused = planOf({ command: { steps: {}, idempotency: { key: 'header' } } }).refusals
    expect(refused.map(({ name, field }) => [name, field])).toEqual([['MissingCapability', 'steps']])
  })

  it('of a command in batches, which needs a transaction to be undone', () => {
    const throughput = { batch: { size: 50, wait: '20ms' } } as const
    const refused = planOf({ command: { throughput } }, stateless).refusals
    expect(refused.map(({ name, field }) => [name, field])).toEqual([
      ['MissingCapability', 'throughput.batch'],
    ])
    const stated = planOf(
      { command: { throughput, transaction: { isolation: 'read committed' } } },
      stateless,
    )
    expect(names(stated)).toEqual(['batch', 'retry', 'transaction', 'run'])
  })

  it('of a query whose handler has a bulk form', () => {
    const operation = query('shop.get', { contract: { consistency: { session: 'monotonic' } } })
    const bindings = [{ target: operation, many: () => [] }]
    expect(names(plan(operation, { ...owner, bindings }, { store: postgres }))).toEqual([
      'session',
      'label',
      'gather',
      'route',
      'run',
    ])
  })

  it('of a query whose calls are read together', () => {
    const operation = query('shop.get', { contract: { throughput: { coalesce: true } } })
    const bindings = [{ target: operation, many: () => [] }]
    const compiled = plan(operation, { ...owner, bindings }, { store: postgres })
    expect(settings(compiled, 'gather')).toEqual({ coalesces: true })
  })

  it('of operations without any contract', () => {
    expect(names(planOf({}))).toEqual(['route', 'run'])
    expect(names(planOf({ command: {} }))).toEqual(['retry', 'transaction', 'run'])
  })
})

describe('deadline', () => {
  it('is what is declared, whoever calls', () => {
    const compiled = planOf({ query: { latency: { deadline: '1.5s' } }, http: true })
    expect(settings(compiled, 'deadline')).toEqual({ overHttp: 1500, otherwise: 1500 })
  })

  it('is one second over HTTP where nothing is declared', () => {
    expect(settings(planOf({ http: true }), 'deadline')).toEqual({ overHttp: 1000, otherwise: undefined })
  })

  it('is absent where nothing is declared and HTTP does not reach it', () => {
    expect(settings(planOf({}), 'deadline')).toBeUndefined()
    expect(absences(planOf({}))).toEqual(['deadline'])
  })
})

describe('route', () => {
  const route = (contract: QueryContract, store?: StoreCapabilities): object | undefined =>
    settings(planOf({ query: contract }, owner, store), 'route')

  it('leads to the primary by default, over a connection of its own', () => {
    const expected = { target: 'primary', lane: 'dedicated', bracket: 'none', sees: 'each', level: 'none' }
    expect(route({})).toMatchObject(expected)
    expect(route({ consistency: 'strong' })).toMatchObject(expected)
  })

  it('leads to a replica where eventual is enough', () => {
    expect(route({ consistency: 'eventual' })).toMatchObject({ target: 'replica' })
    expect(route({ consistency: { session: 'none' } })).toMatchObject({ target: 'replica' })
  })

  it('leads to the primary where eventual is enough and there are no replicas, and says so', () => {
    const compiled = planOf({ query: { consistency: 'eventual' } }, owner, { ...postgres, replicas: false })
    expect(settings(compiled, 'route')).toMatchObject({ target: 'primary' })
    expect(absences(compiled)).toContain('replica')
  })

  it.each([
    ['10ms', 'pipelined'],
    ['0.5ms', 'pipelined'],
    ['10.1ms', 'dedicated'],
    ['1s', 'dedicated'],
  ] as const)('of a read that takes %s is %s', (expected, lane) => {
    expect(route({ latency: { expect: expected } })).toMatchObject({ lane })
  })

  it('has a connection of its own where connections are not shared, and says so', () => {
    const compiled = planOf({ query: { latency: { expect: '5ms' } } }, owner, {
      ...postgres,
      pipelining: false,
    })
    expect(settings(compiled, 'route')).toMatchObject({ lane: 'dedicated' })
    expect(absences(compiled)).toContain('pipelined connection')
  })

  it('is there for modules without tables too, since any may read through ctx.sql', () => {
    expect(names(planOf({}, stateless))).toContain('route')
  })

  it('is absent without a store', () => {
    expect(absences(withoutStore({}))).toContain('route')
  })
})

describe('transaction', () => {
  it('is serializable by default', () => {
    expect(settings(planOf({ command: {} }), 'transaction')).toEqual({
      isolation: 'serializable',
      durability: 'local',
      joins: [],
    })
  })

  it('is what is declared', () => {
    const terms: CommandContract = { transaction: { isolation: 'repeatable read', joins: [reserve] } }
    const expected = { isolation: 'repeatable read', durability: 'local', joins: ['stock.reserve'] }
    expect(settings(planOf({ command: terms }), 'transaction')).toEqual(expected)
  })

  it.each(['serializable', 'repeatable read', 'read committed'] as const)(
    'is retried when %s',
    (isolation) => {
      expect(names(planOf({ command: { transaction: { isolation } } }))).toEqual([
        'retry',
        'transaction',
        'run',
      ])
    },
  )

  it('is absent, with its retries, where a module has no tables', () => {
    const compiled = planOf({ command: {} }, stateless)
    expect(names(compiled)).toEqual(['run'])
    expect(absences(compiled)).toContain('transaction')
  })

  it('is there where a module has migrations only', () => {
    expect(names(planOf({ command: {} }, { ...stateless, migrations: './migrations' }))).toContain(
      'transaction',
    )
  })

  it('is there where the contract asks for it', () => {
    expect(names(planOf({ command: { transaction: { joins: [reserve] } } }, stateless))).toContain(
      'transaction',
    )
  })
})

describe('precondition', () => {
  it.each([true, 'optional'] as const)('is there for ifMatch %s', (ifMatch) => {
    expect(settings(planOf({ command: { transaction: { ifMatch } } }), 'precondition')).toEqual({ ifMatch })
  })

  it('is absent otherwise, and says what becomes of the header', () => {
    expect(absences(planOf({ command: { transaction: { ifMatch: false } } }))).toContain('precondition')
    expect(planOf({ command: {} }).absent.find(({ stage }) => stage === 'precondition')?.reason).toContain(
      'is refused',
    )
  })
})

describe('refusals', () => {
  function refused(compiled: Plan): (readonly [name: string, field: string | undefined])[] {
    expect(compiled.stages).toEqual([])
    return compiled.refusals.map(({ name, field }) => [name, field])
  }

  it('are rules over the contract first, and then nothing else', () => {
    const contract: QueryContract = { failure: { fallback: 1 }, latency: { attempt: '1s' } }
    expect(refused(withoutStore({ query: contract }, owner))).toEqual([
      ['NotYetEnforced', 'failure.fallback'],
      ['NotYetEnforced', 'latency.attempt'],
    ])
  })

  it.each([
    ['db', owner, 'db of module shop'],
    ['migrations', { ...stateless, migrations: './migrations' }, 'migrations of module shop'],
  ])('of a module with %s without a store', (_, module, field) => {
    expect(refused(withoutStore({}, module))).toEqual([['MissingCapability', field]])
  })

  it('of terms that speak of a database, without a store', () => {
    expect(refused(withoutStore({ query: { consistency: 'strong' } }))).toEqual([
      ['MissingCapability', 'consistency'],
    ])
    const terms: CommandContract = { transaction: { isolation: 'read committed', joins: [reserve] } }
    expect(refused(withoutStore({ command: terms }))).toEqual([
      ['MissingCapability', 'transaction.isolation'],
      ['MissingCapability', 'transaction.joins'],
    ])
  })

  it('of a version that only one instance would know', () => {
    const contract: QueryContract = {
      consistency: 'eventual',
      cache: { strategy: 'aside', ttl: '1s', invalidation: 'version' },
    }
    const missing = [['MissingCapability', 'cache.invalidation']]
    expect(refused(planOf({ query: contract }))).toEqual(missing)
    expect(refused(withoutStore({ query: contract }))).toEqual(missing)
    const shared = { store: postgres, sharedCache: { name: 'Redis' } }
    const compiled = plan(query('shop.get', { contract }), owner, shared)
    expect(names(compiled)).toEqual([
      'version',
      'local cache',
      'shared cache',
      'single-flight',
      'fill',
      'route',
      'run',
    ])
  })

  it.each([[['shared']], [['local', 'shared']]] as const)('of tiers %j without a shared cache', (tiers) => {
    const contract: QueryContract = {
      consistency: 'eventual',
      cache: { strategy: 'aside', ttl: '1s', tiers },
    }
    const missing = [['MissingCapability', 'cache.tiers']]
    expect(refused(planOf({ query: contract }))).toEqual(missing)
    expect(refused(withoutStore({ query: contract }))).toEqual(missing)
    expect(withoutStore({ query: contract }).refusals[0]?.message).toContain('no shared cache')
    const compiled = plan(query('shop.get', { contract }), stateless, {
      store: undefined,
      sharedCache: { name: 'Redis' },
    })
    expect(compiled.refusals).toEqual([])
  })

  it('of a change stream without a store', () => {
    const contract: QueryContract = {
      consistency: 'eventual',
      cache: { strategy: 'aside', ttl: '1s', invalidation: 'log' },
    }
    const { refusals } = withoutStore({ query: contract }, { ...stateless, rows: {} })
    expect(refusals.map(({ field }) => field)).toEqual(['cache.invalidation'])
    expect(refusals[0]?.message).toContain('no store')
  })

  it('are none for what needs no database', () => {
    expect(withoutStore({ query: { consistency: 'eventual' } }).refusals).toEqual([])
    expect(withoutStore({ command: { transaction: { ifMatch: 'optional' } } }).refusals).toEqual([])
    expect(withoutStore({ command: {} }).stages.map(({ stage }) => stage)).toEqual(['run'])
  })
})
