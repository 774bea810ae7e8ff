import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { command } from '../command.ts'
import { event } from '../event.ts'
import { job } from '../job.ts'
import { importReport, ndjson } from '../ndjson.ts'
import type { AnyOperation } from '../operation.ts'
import { projection } from '../projection.ts'
import { query } from '../query.ts'
import { checkOperation } from './operation.ts'

/** Declarations as JavaScript could write them: what the types refuse has to be refused at boot as well. */
const loose = {
  query: (definition: object): AnyOperation => query('shop.get', definition),
  command: (definition: object): AnyOperation => command('shop.buy', definition),
}

function refusals(operation: AnyOperation): (readonly [name: string, field: string | undefined])[] {
  for (const error of checkOperation(operation)) expect(error.operation).toBe(operation.name)
  return checkOperation(operation).map(({ name, field }) => [name, field])
}

type RuleCase = readonly [
  rule: string,
  operation: AnyOperation,
  refused: readonly [name: string, field: string],
]

const Id = z.object({ id: z.uuid() })
const Sold = event('shop.Sold', Id)

const once = { idempotency: { key: 'header' } } as const
const imported = { input: ndjson(Id), output: importReport }

const IMPORTS: readonly RuleCase[] = [
  ['rows of commands', loose.query({ ...imported }), ['InvalidValue', 'input']],
  ['a report of rows', loose.command({ output: importReport }), ['InvalidValue', 'output']],
  [
    'rows of a schema',
    loose.command({ ...imported, input: ndjson('row' as never), contract: once }),
    ['InvalidValue', 'input'],
  ],
  [
    'rows are reported of',
    loose.command({ input: ndjson(Id), output: Id, contract: once }),
    ['Contradiction', 'output'],
  ],
  ['a key', loose.command({ ...imported }), ['Contradiction', 'idempotency']],
  [
    'a key of the caller',
    loose.command({ ...imported, contract: { idempotency: { key: () => '1' } } }),
    ['Contradiction', 'idempotency'],
  ],
  [
    'no version',
    loose.command({ ...imported, version: () => 1, contract: once }),
    ['Contradiction', 'version'],
  ],
  [
    'no parameters',
    loose.command({ ...imported, http: 'POST /shops/:id', contract: once }),
    ['Contradiction', 'http'],
  ],
  ['no steps', loose.command({ ...imported, contract: { ...once, steps: {} } }), ['Contradiction', 'steps']],
  [
    'no batches',
    loose.command({ ...imported, contract: { ...once, throughput: { batch: { size: 2, wait: '1ms' } } } }),
    ['Contradiction', 'throughput'],
  ],
  [
    'no waiting for others',
    loose.command({ ...imported, contract: { idempotency: { key: 'header', inFlight: 'wait' } } }),
    ['Contradiction', 'idempotency.inFlight'],
  ],
  [
    'no versions to compare',
    loose.command({ ...imported, contract: { ...once, transaction: { ifMatch: true } } }),
    ['Contradiction', 'transaction.ifMatch'],
  ],
]

const DEFINITIONS: readonly RuleCase[] = [
  ['input is a schema', loose.query({ input: { id: 'uuid' } }), ['InvalidValue', 'input']],
  ['output is a schema', loose.query({ output: 'text' }), ['InvalidValue', 'output']],
  ['errors are declared', loose.query({ errors: ['Gone'] }), ['InvalidValue', 'errors[0]']],
  ['reads is a function', loose.query({ reads: 'shop' }), ['InvalidValue', 'reads']],
  ['reads on queries', loose.command({ reads: () => [] }), ['FieldOfOtherKind', 'reads']],
  ['changes on commands', loose.query({ changes: () => [] }), ['FieldOfOtherKind', 'changes']],
  ['changes is a function', loose.command({ changes: 'shop' }), ['InvalidValue', 'changes']],
  ['version is a function', loose.query({ version: 7 }), ['InvalidValue', 'version']],
  ['summary is one line', loose.query({ summary: 'one\ntwo' }), ['InvalidValue', 'summary']],
  ['status of success', loose.query({ status: 404 }), ['InvalidValue', 'status']],
  ['status with content', query('shop.get', { output: Id, status: 204 }), ['Contradiction', 'status']],
  ['no unknown field', loose.query({ inptu: Id }), ['UnknownField', 'inptu']],
  ['emits of another module', command('stock.take', { emits: [Sold] }), ['Contradiction', 'emits']],
  ['emits on commands', loose.query({ emits: [Sold] }), ['FieldOfOtherKind', 'emits']],
  ['times that are no times', job('shop.clean', { schedule: 'daily' }), ['InvalidValue', 'schedule']],
  [
    'zones that are none',
    job('shop.clean', { schedule: { cron: '0 3 * * *', timeZone: 'Mars' } }),
    ['InvalidValue', 'schedule'],
  ],
  [
    'schedules with an input',
    job('shop.clean', { schedule: '0 3 * * *', input: Id }),
    ['Contradiction', 'schedule'],
  ],
  [
    'events of jobs without a transaction',
    job('shop.clean', { emits: [Sold], contract: { transaction: { scope: 'statement' } } }),
    ['Contradiction', 'emits'],
  ],
  [
    'events of steps',
    command('shop.buy', { emits: [Sold], contract: { steps: {}, idempotency: { key: 'header' } } }),
    ['Contradiction', 'emits'],
  ],
  ['schedules of commands', loose.command({ schedule: '0 3 * * *' }), ['FieldOfOtherKind', 'schedule']],
  ['a projection of nothing', projection('shop.sales', { from: [] }), ['InvalidValue', 'from']],
  ['a projection of no events', projection('shop.sales', { from: [Id as never] }), ['InvalidValue', 'from']],
  [
    'a projection of a long name',
    projection(`shop.s${'a'.repeat(60)}`, { from: [Sold] }),
    ['InvalidValue', 'name'],
  ],
  [
    'a projection with an input',
    projection('shop.sales', { from: [Sold], input: Id } as never),
    ['FieldOfOtherKind', 'input'],
  ],
  ['a query of no projection', loose.query({ projection: 'shop.sales' }), ['InvalidValue', 'projection']],
]

const malformed = [
  '/shops',
  'get /shops',
  'HEAD /shops',
  'GET shops',
  'GET /a//b',
  'GET /a/*',
  'GET /a?b',
  'GET /:id/:id',
  'GET  /a',
  'GET /a b',
  'GET /ä',
]

const ROUTES: readonly RuleCase[] = [
  ...malformed.map((http): RuleCase => [
    `route '${http}'`,
    loose.query({ input: Id, http }),
    ['InvalidPath', 'http'],
  ]),
  ...['PUT', 'PATCH', 'DELETE'].map((method): RuleCase => [
    `no query over ${method}`,
    loose.query({ http: `${method} /` }),
    ['Contradiction', 'http'],
  ]),
  [
    'no command over GET',
    command('shop.buy', { http: 'GET /shops', contract: { idempotency: 'none' } }),
    ['Contradiction', 'http'],
  ],
  [
    'path parameter without input',
    loose.query({ http: 'GET /shops/:id' }),
    ['PathParameterNotInInput', 'http'],
  ],
  [
    'path parameter of the input',
    loose.query({ input: Id, http: 'GET /:name' }),
    ['PathParameterNotInInput', 'http'],
  ],
  [
    'path parameter of every variant',
    query('shop.get', { input: z.union([Id, z.object({ name: z.string() })]), http: 'GET /shops/:id' }),
    ['PathParameterNotInInput', 'http'],
  ],
  [
    'path parameter of one value',
    query('shop.get', { input: z.object({ id: z.array(z.string()) }), http: 'GET /shops/:id' }),
    ['Contradiction', 'input.id'],
  ],
  [
    'path parameter of a known type',
    query('shop.get', { input: z.object({ id: z.unknown() }), http: 'GET /shops/:id' }),
    ['Contradiction', 'input.id'],
  ],
  [
    'flat query string',
    query('shop.get', { input: z.object({ near: z.object({ lat: z.number() }) }), http: 'GET /shops' }),
    ['Contradiction', 'input.near'],
  ],
  [
    'flat query string, in every variant',
    query('shop.get', { input: z.union([Id, z.object({ near: z.array(Id) })]), http: 'GET /shops' }),
    ['Contradiction', 'input.near'],
  ],
  [
    'input of an object',
    query('shop.get', { input: z.string(), http: 'GET /shops' }),
    ['InvalidValue', 'input'],
  ],
  [
    'input with a JSON form',
    query('shop.get', { input: z.object({ since: z.date() }), http: 'GET /shops' }),
    ['SchemaNotConvertible', 'input'],
  ],
  [
    'input of a library with JSON Schema',
    query('shop.get', { input: v.object({ id: v.string() }), http: 'GET /shops/:id' }),
    ['SchemaNotConvertible', 'input'],
  ],
]

const CONTRACTS: readonly RuleCase[] = [
  ['contract', loose.query({ contract: 5 }), ['InvalidValue', 'contract']],
  ['fields', loose.query({ contract: { cahce: {} } }), ['UnknownField', 'cahce']],
  [
    'expectation within the deadline over HTTP',
    query('shop.get', { http: 'GET /shops', contract: { latency: { expect: '2s' } } }),
    ['Contradiction', 'latency.expect'],
  ],
  [
    'objective within the deadline over HTTP',
    query('shop.get', { http: 'GET /shops', contract: { slo: { latency: { under: '2s', target: 99 } } } }),
    ['Contradiction', 'slo.latency.under'],
  ],
  [
    'classes of fields that exist',
    query('shop.get', { input: Id, contract: { data: { fields: { 'id.number': 'personal' } } } }),
    ['UnknownField', "data.fields['id.number']"],
  ],
]

describe('rules over imports', () => {
  it.each(IMPORTS)('%s', (_, operation, refused) => {
    expect(refusals(operation)).toContainEqual(refused)
  })

  it('accept one that keeps to them', () => {
    const contract = { ...once, transaction: { isolation: 'read committed' } }
    expect(refusals(loose.command({ ...imported, http: 'POST /shops', contract }))).toEqual([])
  })
})

describe.each([
  ['definitions', DEFINITIONS],
  ['routes', ROUTES],
  ['contracts', CONTRACTS],
])('rules over %s', (_, cases) => {
  it.each(cases)('%s', (_rule, operation, refused) => {
    expect(refusals(operation)).toEqual([refused])
  })
})

it('refuses a route of a job, which is enqueued', () => {
  const cleaning = job('shop.clean', { http: 'POST /clean' } as object)
  expect(refusals(cleaning)).toContainEqual(['FieldOfOtherKind', 'http'])
})

it('accepts in process what only HTTP cannot say', () => {
  const Coordinates = z.object({ near: z.object({ lat: z.number() }), since: z.date() })
  expect(
    refusals(query('shop.get', { input: Coordinates, contract: { latency: { expect: '2s' } } })),
  ).toEqual([])
  expect(refusals(query('shop.get', { input: v.object({ id: v.string() }) }))).toEqual([])
})

it('says what to do with a schema that has no JSON form', () => {
  const [dates] = checkOperation(query('shop.get', { input: z.object({ at: z.date() }), http: 'GET /shops' }))
  expect(dates?.message).toContain('zod says: Date cannot be represented in JSON Schema')
  const [library] = checkOperation(query('shop.get', { input: v.object({}), http: 'GET /shops' }))
  expect(library?.message).toContain('toStandardJsonSchema(schema) of the package @valibot/to-json-schema')
})

it.each([
  ['get /shops', '"get" is not one of the methods'],
  ['GET  /shops', 'exactly one space'],
  ['GET shops', 'does not begin with /'],
  ['GET /shops/*', 'wildcards'],
  ['GET /shops?open', 'query string'],
  ['GET /shops//open', 'a segment is empty'],
  ['GET /:id/:id', 'the parameter :id is repeated'],
  ['GET /shöps', 'characters'],
])('says what is wrong with the route %s', (http, reason) => {
  expect(checkOperation(loose.query({ input: Id, http }))[0]?.message).toContain(reason)
})
