import { bodyContent } from './input-parts.ts'
import { Validator } from '@seriousme/openapi-schema-validator'
import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { command } from '../../declare/command.ts'
import { error } from '../../declare/error.ts'
import type { AnyOperation } from '../../declare/operation.ts'
import { query } from '../../declare/query.ts'
import { tag } from '../../declare/tag.ts'
import { plan } from '../../plan/compile-plan.ts'
import type { Plan } from '../../plan/plan.ts'
import { openapiDocument, type OpenApiDocument } from './document.ts'
import type { OperationObject } from './operation-object.ts'

const info = { title: 'Shop', version: '1.2.3' }
const facts = { name: 'shop', db: undefined, migrations: [] }
const capabilities = {
  store: { name: 'PostgreSQL', replicas: true, pipelining: true, positions: true, changeStream: false },
}
const planOf = (each: AnyOperation): Plan => plan(each, facts, capabilities)

const documentOf = (...operations: AnyOperation[]): OpenApiDocument =>
  openapiDocument({
    operations: operations.map((operation) => ({ operation, plan: planOf(operation) })),
    info,
  })

function only(document: OpenApiDocument): OperationObject {
  const [path] = Object.values(document.paths)
  return Object.values(path ?? {})[0] as OperationObject
}

const bodySchema = (object: OperationObject): unknown =>
  object.requestBody && bodyContent(object.requestBody).schema
const parametersIn = (object: OperationObject, place: string): unknown[] =>
  object.parameters.filter((parameter) => 'in' in parameter && parameter.in === place)

const Money = z.object({ amount: z.int(), currency: z.literal('EUR') }).meta({ id: 'Money' })
const Product = z.object({ id: z.uuid(), name: z.string(), price: Money, version: z.int() })
const NotFound = error('catalog.NotFound', { status: 404, data: z.object({ id: z.uuid() }) })
const Discontinued = error('catalog.Discontinued', { status: 409 })
const Reserved = error('catalog.Reserved', { status: 409, data: z.object({ by: z.string() }) })
const reserve = command('inventory.reserve', { input: z.object({ id: z.string() }) })

const getProduct = query('catalog.get', {
  input: z.object({ id: z.uuid().describe('The product.') }),
  output: Product,
  errors: [NotFound],
  http: 'GET /products/:id',
  version: ({ version }) => version,
  summary: 'One product',
  contract: { consistency: 'eventual', latency: { deadline: '250ms' }, because: 'ADR-0003' },
})
const listProducts = query('catalog.list', {
  input: z.object({
    limit: z.int().max(100).default(20),
    tag: z.array(z.string()).optional(),
    after: z.string(),
  }),
  output: z.object({ items: z.array(Product), next: z.string().nullable() }),
  http: 'GET /products',
})
const changePrice = command('catalog.changePrice', {
  input: z.object({ productId: z.uuid(), amount: z.int().positive() }),
  output: Product,
  errors: [NotFound, Discontinued, Reserved],
  http: 'PATCH /products/:productId/price',
  contract: {
    idempotency: 'none',
    transaction: { isolation: 'read committed', ifMatch: true, joins: [reserve] },
  },
})

describe('a document', () => {
  const document = documentOf(changePrice, listProducts, getProduct)
  const at = (path: string, method: string): OperationObject =>
    document.paths[path]?.[method] as OperationObject

  it('is accepted by an independent validator', async () => {
    expect(await new Validator().validate(structuredClone(document) as never)).toEqual({ valid: true })
  })

  it('has the operations under their paths, with ids and tags', () => {
    expect(Object.keys(document.paths)).toEqual([
      '/products',
      '/products/{id}',
      '/products/{productId}/price',
    ])
    expect(at('/products/{id}', 'get')).toMatchObject({
      operationId: 'catalog.get',
      tags: ['catalog'],
      summary: 'One product',
    })
    expect(document.tags).toEqual([{ name: 'catalog' }])
  })

  it('does not depend on the order of operations', () => {
    expect(JSON.stringify(documentOf(getProduct, changePrice, listProducts))).toBe(JSON.stringify(document))
  })

  it('leaves out operations without a route', () => {
    expect(documentOf(reserve).paths).toEqual({})
  })

  it('describes path and query parameters with their schemas', () => {
    expect(parametersIn(at('/products/{id}', 'get'), 'path')).toMatchObject([
      { name: 'id', required: true, description: 'The product.', schema: { type: 'string', format: 'uuid' } },
    ])
    const filters = parametersIn(at('/products', 'get'), 'query')
    expect(filters).toMatchObject([
      { name: 'limit', schema: { type: 'integer', maximum: 100, default: 20 } },
      { name: 'tag', schema: { type: 'array', items: { type: 'string' } } },
      { name: 'after', required: true },
    ])
    expect(filters[0]).not.toHaveProperty('required')
  })

  it('describes the body without what travels in the path', () => {
    const object = at('/products/{productId}/price', 'patch')
    expect(object.requestBody?.required).toBe(true)
    expect(bodySchema(object)).toEqual({
      type: 'object',
      properties: { amount: { type: 'integer', exclusiveMinimum: 0, maximum: Number.MAX_SAFE_INTEGER } },
      required: ['amount'],
    })
  })

  it('hoists named schemas to components', () => {
    const output = at('/products/{id}', 'get').responses['200']?.content?.['application/json']?.schema
    expect(output).toMatchObject({ properties: { price: { $ref: '#/components/schemas/Money' } } })
    expect(document.components.schemas['Money']).toMatchObject({ properties: { currency: { const: 'EUR' } } })
  })

  it('says which headers come with success', () => {
    expect(at('/products/{id}', 'get').responses['200']?.headers).toEqual({
      'Fulcrum-Source': { $ref: '#/components/headers/Fulcrum-Source' },
      ETag: { $ref: '#/components/headers/ETag' },
      'Fulcrum-Deadline': { $ref: '#/components/headers/Fulcrum-Deadline' },
      'X-Request-Id': { $ref: '#/components/headers/X-Request-Id' },
    })
  })

  it('says which headers of consistency a request may have, and which come with an answer', async () => {
    const item = tag('item', z.string())
    const cached = query('catalog.cached', {
      input: z.object({ id: z.string() }),
      output: z.object({ id: z.string() }),
      reads: ({ id }) => [item(id)],
      http: 'GET /cached/:id',
      contract: {
        consistency: { staleness: '5s', session: 'read-your-writes', onPartition: 'serve-stale' },
        cache: { strategy: 'aside', ttl: '1m' },
      },
    })
    const rename = command('catalog.rename', {
      input: z.object({ id: z.string() }),
      changes: ({ id }) => [item(id)],
      http: 'POST /renamed/:id',
      contract: { idempotency: 'none' },
    })
    const withSessions = documentOf(cached, rename)
    expect(await new Validator().validate(structuredClone(withSessions) as never)).toEqual({ valid: true })
    const described = withSessions.paths['/cached/{id}']?.['get']
    if (described === undefined) throw new Error('it is not described')
    const { parameters, responses } = described
    const names = (values: object | undefined): string[] => Object.keys(values ?? {}).toSorted()
    expect(parameters.flatMap((each) => ('$ref' in each ? [each.$ref.split('/').at(-1)] : []))).toEqual([
      'Fulcrum-Deadline',
      'Fulcrum-Token',
      'If-None-Match',
    ])
    const expected = [
      'Age',
      'Cache-Control',
      'ETag',
      'Fulcrum-Deadline',
      'Fulcrum-Degraded',
      'Fulcrum-Session',
      'Fulcrum-Source',
      'Fulcrum-Stale',
      'Fulcrum-Token',
      'Vary',
      'X-Request-Id',
    ]
    expect(names(responses['200']?.headers)).toEqual(expected)
    expect(names(responses['304']?.headers)).toEqual(expected)
    expect(responses['304']).not.toHaveProperty('content')
    expect(responses['503']?.description).toContain('FUL-3015')
    expect(responses['400']?.description).toContain('FUL-2013')
    const renamed = withSessions.paths['/renamed/{id}']?.['post'] as OperationObject
    expect(names(renamed.responses['204']?.headers)).toContain('Fulcrum-Token')
    expect(renamed.responses).not.toHaveProperty('304')
    const alone = documentOf(rename).paths['/renamed/{id}']?.['post'] as OperationObject
    expect(names(alone.responses['204']?.headers)).not.toContain('Fulcrum-Token')
  })

  it('describes declared errors by status, told apart by their code', () => {
    const { responses } = at('/products/{productId}/price', 'patch')
    expect(responses['404']?.content).toEqual({
      'application/problem+json': { schema: { $ref: '#/components/schemas/catalog.NotFound' } },
    })
    expect(responses['409']?.content?.['application/problem+json']?.schema).toMatchObject({
      oneOf: [
        { $ref: '#/components/schemas/catalog.Discontinued' },
        { $ref: '#/components/schemas/catalog.Reserved' },
      ],
      discriminator: { propertyName: 'code' },
    })
    expect(document.components.schemas['catalog.Reserved']).toMatchObject({
      allOf: [{ $ref: '#/components/schemas/Problem' }],
      required: ['code', 'status', 'data'],
      properties: {
        code: { const: 'catalog.Reserved' },
        status: { const: 409 },
        data: { type: 'object', required: ['by'] },
      },
    })
  })

  it('describes the errors that come with the contract', () => {
    const patch = at('/products/{productId}/price', 'patch').responses
    expect(Object.keys(patch)).toEqual(
      expect.arrayContaining(['200', '400', '412', '413', '415', '428', '503', '504', 'default']),
    )
    expect(patch['503']?.description).toContain('FUL-3004')
    const get = at('/products/{id}', 'get').responses
    expect(Object.keys(get)).not.toContain('412')
    expect(Object.keys(get)).not.toContain('415')
    expect(get['503']?.description).not.toContain('FUL-3004')
  })

  it('requires If-Match only where the contract does', () => {
    expect(parametersIn(at('/products/{productId}/price', 'patch'), 'header')).toMatchObject([
      { name: 'If-Match', required: true },
    ])
    expect(parametersIn(at('/products/{id}', 'get'), 'header')).toEqual([])
  })

  it('carries the contract in prose and as data', () => {
    const object = at('/products/{id}', 'get')
    expect(object.description).toContain('**Consistency.** Eventual: reads a healthy replica')
    expect(object.description).toContain('Answers within 250ms')
    expect(object.description).toContain('See `ADR-0003`')
    expect(object['x-fulcrum']).toMatchObject({
      kind: 'query',
      contract: { consistency: 'eventual', latency: { deadline: '250ms' }, because: 'ADR-0003' },
      stages: [
        { stage: 'deadline', overHttp: 250, reason: expect.stringContaining('250ms') as string },
        { stage: 'route', target: 'replica' },
        { stage: 'run' },
      ],
      absent: [],
    })
    const patch = at('/products/{productId}/price', 'patch')
    expect(patch['x-fulcrum'].contract).toMatchObject({ transaction: { joins: ['inventory.reserve'] } })
    expect(patch.description).toContain('`inventory.reserve`')
  })

  it('is JSON and nothing else', () => {
    expect(JSON.parse(JSON.stringify(document))).toEqual(document)
  })
})

describe('schemas that are hard to place', () => {
  it('says so where a library cannot express them', async () => {
    const document = documentOf(
      query('a.dates', { output: z.object({ at: z.date() }), http: 'GET /dates' }),
      command('a.opaque', {
        input: v.object({ id: v.string(), note: v.string() }),
        output: v.object({ ok: v.boolean() }),
        http: 'POST /opaque/:id',
        contract: { idempotency: 'none' },
      }),
      query('a.search', { input: v.object({ id: v.string(), text: v.string() }), http: 'GET /search/:id' }),
    )
    const dates = document.paths['/dates']?.['get']?.responses['200']?.content?.['application/json']?.schema
    expect(dates).toEqual({ description: expect.stringContaining('cannot be expressed') as string })
    const opaque = document.paths['/opaque/{id}']?.['post'] as OperationObject
    expect(bodySchema(opaque)).toEqual({
      description: expect.stringContaining('cannot be expressed') as string,
    })
    expect(parametersIn(opaque, 'path')).toMatchObject([{ name: 'id', schema: { type: 'string' } }])
    const search = document.paths['/search/{id}']?.['get'] as OperationObject
    expect(parametersIn(search, 'query')).toMatchObject([{ schema: { additionalProperties: true } }])
    expect(await new Validator().validate(structuredClone(document) as never)).toEqual({ valid: true })
  })

  it('hoists a schema that refers to itself', () => {
    const Tree = z.object({
      id: z.string(),
      get children() {
        return z.array(Tree)
      },
    })
    const object = only(
      documentOf(
        command('a.plant', {
          input: Tree,
          output: Tree,
          http: 'POST /trees/:id',
          contract: { idempotency: 'none' },
        }),
      ),
    )
    expect(bodySchema(object)).toEqual({
      type: 'object',
      properties: { children: { type: 'array', items: { $ref: '#/components/schemas/a.plant.input' } } },
      required: ['children'],
    })
    expect(object.responses['200']?.content?.['application/json']?.schema).toMatchObject({
      properties: { children: { items: { $ref: '#/components/schemas/a.plant.output' } } },
    })
  })

  it('takes path parameters out of every variant of a union', () => {
    const input = z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('card'), id: z.uuid(), number: z.string() }),
      z.object({ kind: z.literal('cash'), id: z.uuid() }),
    ])
    const object = only(
      documentOf(command('a.pay', { input, http: 'POST /payments/:id', contract: { idempotency: 'none' } })),
    )
    expect(parametersIn(object, 'path')).toMatchObject([{ name: 'id', schema: { format: 'uuid' } }])
    expect(bodySchema(object)).toMatchObject({
      oneOf: [
        { properties: { kind: { const: 'card' }, number: {} }, required: ['kind', 'number'] },
        { properties: { kind: { const: 'cash' } }, required: ['kind'] },
      ],
    })
    expect(JSON.stringify(bodySchema(object))).not.toContain('uuid')
  })

  it('has no body where the path takes everything, and none for GET and DELETE', () => {
    const id = z.object({ id: z.string() })
    const both = z.object({ id: z.string(), hard: z.boolean() })
    expect(
      only(
        documentOf(command('a.touch', { input: id, http: 'POST /a/:id', contract: { idempotency: 'none' } })),
      ),
    ).not.toHaveProperty('requestBody')
    const remove = only(
      documentOf(
        command('a.remove', { input: both, http: 'DELETE /a/:id', contract: { idempotency: 'none' } }),
      ),
    )
    expect(remove).not.toHaveProperty('requestBody')
    expect(parametersIn(remove, 'query')).toMatchObject([{ name: 'hard', required: true }])
    expect(
      only(documentOf(command('a.start', { http: 'POST /a', contract: { idempotency: 'none' } }))),
    ).not.toHaveProperty('requestBody')
  })

  it('keeps a body that is not an object', () => {
    const object = only(
      documentOf(
        command('a.bulk', { input: z.array(z.string()), http: 'POST /a', contract: { idempotency: 'none' } }),
      ),
    )
    expect(object.requestBody).toMatchObject({ required: true })
    expect(bodySchema(object)).toEqual({ type: 'array', items: { type: 'string' } })
  })

  it('does not mistake data for references', () => {
    const input = z.object({ kind: z.literal('#/$defs/Money'), $ref: z.string().default('#/nowhere') })
    const object = only(
      documentOf(command('a.tricky', { input, http: 'POST /a', contract: { idempotency: 'none' } })),
    )
    expect(bodySchema(object)).toMatchObject({
      properties: { kind: { const: '#/$defs/Money' }, $ref: { type: 'string', default: '#/nowhere' } },
    })
  })
})

describe('paths that differ in parameter names only', () => {
  const input = { get: z.object({ id: z.uuid() }), patch: z.object({ userId: z.uuid(), bio: z.string() }) }
  const document = documentOf(
    query('profiles.get', { input: input.get, http: 'GET /profiles/:id' }),
    command('profiles.update', {
      input: input.patch,
      http: 'PATCH /profiles/:userId',
      contract: { idempotency: 'none' },
    }),
  )

  it('become one path', async () => {
    expect(Object.keys(document.paths)).toEqual(['/profiles/{id}'])
    const patch = document.paths['/profiles/{id}']?.['patch'] as OperationObject
    expect(parametersIn(patch, 'path')).toMatchObject([{ name: 'id' }])
    expect(bodySchema(patch)).toMatchObject({ required: ['bio'] })
    expect(await new Validator().validate(structuredClone(document) as never)).toEqual({ valid: true })
  })
})
