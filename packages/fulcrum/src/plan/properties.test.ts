import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkModules } from '../declare/check-modules.ts'
import { command } from '../declare/command.ts'
import type { CommandContract, QueryContract } from '../declare/contract/contract.ts'
import { CONTRACT_FIELDS, FIELD_GROUPS, kindsOf } from '../declare/contract/fields.ts'
import { DATA_CLASSES, ISOLATION_LEVELS } from '../declare/contract/vocabulary.ts'
import { module } from '../declare/module.ts'
import type { AnyOperation } from '../declare/operation.ts'
import { query } from '../declare/query.ts'
import { formatDuration } from '../kernel/duration.ts'
import { isFulcrumError } from '../kernel/errors/fulcrum-error.ts'
import type { StoreCapabilities } from '../ports/store.ts'
import { plan } from './compile-plan.ts'
import type { ModuleFacts } from './module-facts.ts'
import type { Plan, StageName } from './plan.ts'

const optional = { requiredKeys: [] }
const ms = fc.integer({ min: 1, max: 120_000 })
const duration = ms.map(formatDuration)
const percent = fc.double({ min: 0.01, max: 100, noNaN: true })
const decision = fc.stringMatching(/^ADR-\d{4}$/)

/** Any times, the longest as the deadline, so that the others are within it. */
const times = fc.tuple(ms, ms, ms).map((three) => three.toSorted((a, b) => a - b).map(formatDuration))

const facts = {
  because: fc.oneof(decision, fc.array(decision, { minLength: 1, maxLength: 3 })),
  data: fc.record({ class: fc.constantFrom(...DATA_CLASSES) }, optional),
  throughput: fc.constant({}),
  failure: fc.constant({}),
  admission: fc.record({ criticality: fc.constant('default' as const) }, optional),
}

const consistency = fc.oneof(
  fc.constantFrom('strong' as const, 'eventual' as const),
  fc.record(
    {
      session: fc.constant('none' as const),
      staleness: fc.constant('any' as const),
      onPartition: fc.constant('reject' as const),
      snapshot: fc.constant(false),
    },
    { requiredKeys: ['session'] },
  ),
)

const slo = (under: fc.Arbitrary<string>): fc.Arbitrary<QueryContract['slo']> =>
  fc.record(
    {
      availability: percent,
      latency: fc.record({ under: under as typeof duration, target: percent }),
      window: duration,
    },
    optional,
  )

const queries: fc.Arbitrary<QueryContract> = times.chain(([expected, under, deadline]) =>
  fc.record(
    {
      ...facts,
      consistency,
      latency: fc.constant({ expect: expected, deadline } as QueryContract['latency']),
      slo: slo(fc.constant(under as string)),
    },
    { requiredKeys: ['latency'] },
  ),
) as fc.Arbitrary<QueryContract>

const transaction = fc.record(
  {
    isolation: fc.constantFrom(...ISOLATION_LEVELS),
    durability: fc.constant('local' as const),
    ifMatch: fc.constantFrom(false, true, 'optional' as const),
    joins: fc.constant([]),
  },
  optional,
)

const commands = fc.record(
  { ...facts, transaction, latency: fc.record({ deadline: duration }, optional) },
  optional,
) as fc.Arbitrary<CommandContract>

/** A valid operation of either kind, over HTTP or not. */
const operations: fc.Arbitrary<AnyOperation> = fc.oneof(
  queries.map((contract) => query('shop.get', { contract })),
  queries.map((contract) => query('shop.get', { contract, http: 'GET /shop' })),
  commands.map((contract) => command('shop.buy', { contract })),
  commands.map((contract) =>
    command('shop.buy', { contract: { idempotency: 'none', ...contract }, http: 'POST /shop' }),
  ),
)

const GROUPS = [...FIELD_GROUPS.keys()]
const MEMBERS = CONTRACT_FIELDS.map(({ path }) => path.split('.').at(-1) as string)

/** What JavaScript may put in place of a contract: known names with anything in them, and anything at all. */
const junk: fc.Arbitrary<unknown> = fc.oneof(
  fc.anything(),
  fc.dictionary(
    fc.constantFrom(...GROUPS),
    fc.oneof(fc.anything(), fc.dictionary(fc.constantFrom(...MEMBERS), fc.anything())),
  ),
)

const handler = (): undefined => undefined

function check(operation: AnyOperation): ReturnType<typeof checkModules> {
  return checkModules([module('shop', { handlers: (on) => [on(operation, handler)] })])
}

const loose: Readonly<Record<'query' | 'command', (contract: unknown) => AnyOperation>> = {
  query: (contract) => query('shop.get', { contract } as object),
  command: (contract) => command('shop.buy', { contract } as object),
}

const kinds = fc.constantFrom('query' as const, 'command' as const)

describe('contracts', () => {
  it('that are valid are not refused', () => {
    fc.assert(
      fc.property(operations, (operation) => {
        expect(check(operation)).toEqual([])
      }),
    )
  })

  it('of any shape are refused or accepted, never a crash, and every refusal names the operation and a field', () => {
    fc.assert(
      fc.property(kinds, junk, (kind, contract) => {
        const operation = loose[kind](contract)
        for (const error of check(operation)) {
          expect(isFulcrumError(error)).toBe(true)
          expect(error.operation).toBe(operation.name)
          expect(error.field).toMatch(/./)
        }
      }),
      { numRuns: 1000 },
    )
  })

  const strangers = fc
    .stringMatching(/^[a-z]{1,12}$/)
    .filter((name) => !GROUPS.includes(name) && !MEMBERS.includes(name))

  it('with unknown groups are refused for each of them', () => {
    fc.assert(
      fc.property(
        operations,
        fc.uniqueArray(strangers, { minLength: 1 }),
        fc.anything(),
        (operation, names, value) => {
          fc.pre(value !== undefined && (operation.kind === 'query' || operation.kind === 'command'))
          const extra = Object.fromEntries(names.map((name) => [name, value]))
          const refused = check(loose[operation.kind as 'query']({ ...operation.contract, ...extra }))
          expect(refused.map(({ name }) => name)).toEqual(names.map(() => 'UnknownField'))
          expect(new Set(refused.map(({ field }) => field))).toEqual(new Set(names))
        },
      ),
    )
  })

  it('with unknown members are refused for each of them', () => {
    const withMembers = GROUPS.filter((group) => FIELD_GROUPS.get(group)?.members.size !== 0)
    fc.assert(
      fc.property(kinds, fc.constantFrom(...withMembers), strangers, (kind, group, name) => {
        fc.pre(kindsOf(FIELD_GROUPS.get(group) as never).includes(kind))
        const fields = check(loose[kind]({ [group]: { [name]: 1 } })).map((error) => [
          error.name,
          error.field,
        ])
        expect(fields).toContainEqual(['UnknownField', `${group}.${name}`])
      }),
    )
  })
})

const capabilities: fc.Arbitrary<StoreCapabilities | undefined> = fc.option(
  fc.record({
    name: fc.constant('PostgreSQL'),
    replicas: fc.boolean(),
    pipelining: fc.boolean(),
    positions: fc.boolean(),
    changeStream: fc.boolean(),
  }),
  { nil: undefined },
)
const modules: fc.Arbitrary<ModuleFacts> = fc.record({
  name: fc.constant('shop'),
  db: fc.constantFrom(undefined, { builder: 'kysely' }),
  migrations: fc.constantFrom(undefined, './migrations'),
})

const ORDER: readonly StageName[] = ['deadline', 'precondition', 'route', 'retry', 'transaction', 'run']

function everyPlan(holds: (compiled: Plan, again: () => Plan) => void): void {
  fc.assert(
    fc.property(operations, modules, capabilities, (operation, facts_, store) => {
      const compile = (): Plan => plan(operation, facts_, { store })
      holds(compile(), compile)
    }),
    { numRuns: 500 },
  )
}

describe('plans', () => {
  it('are the same for the same', () => {
    everyPlan((compiled, again) => {
      expect(again()).toEqual(compiled)
    })
  })

  it('are frozen, all the way down', () => {
    everyPlan(({ stages, absent, refusals, ...rest }) => {
      expect([stages, absent, refusals, ...stages, ...absent].every((part) => Object.isFrozen(part))).toBe(
        true,
      )
      expect(stages.every((stage) => !('joins' in stage) || Object.isFrozen(stage.joins))).toBe(true)
      expect(Object.keys(rest)).toEqual(['operation', 'kind'])
    })
  })

  it('have stages or refusals, and end with the handler', () => {
    everyPlan(({ stages, refusals }) => {
      expect(stages.length === 0).toBe(refusals.length > 0)
      if (stages.length > 0) expect(stages.at(-1)?.stage).toBe('run')
    })
  })

  it('give a reason for every stage, every absence and every refusal', () => {
    everyPlan(({ stages, absent, refusals }) => {
      for (const { reason } of [...stages, ...absent]) expect(reason).toMatch(/\w/)
      for (const refusal of refusals) expect(refusal.detail).toMatch(/\w/)
    })
  })

  it('have each stage once, in one order', () => {
    everyPlan(({ stages }) => {
      const names = stages.map(({ stage }) => stage)
      expect(names).toEqual(ORDER.filter((name) => names.includes(name)))
    })
  })

  it('say of every stage of the kind that it is there or why it is not', () => {
    const optionalStages: Readonly<Record<string, readonly StageName[]>> = {
      query: ['deadline', 'route'],
      command: ['deadline', 'precondition', 'transaction'],
    }
    everyPlan(({ kind, stages, absent, refusals }) => {
      if (refusals.length > 0) return
      const named = [...stages, ...absent].map(({ stage }) => stage)
      for (const name of optionalStages[kind] ?? [])
        expect(named.filter((one) => one === name)).toEqual([name])
    })
  })
})
