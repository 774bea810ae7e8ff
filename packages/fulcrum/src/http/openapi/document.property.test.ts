import { Validator } from '@seriousme/openapi-schema-validator'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { CommandContract, QueryContract } from '../../declare/contract/contract.ts'
import { IF_MATCH, ISOLATION_LEVELS } from '../../declare/contract/vocabulary.ts'
import { defineOperation } from '../../declare/define.ts'
import { error, type ErrorDeclaration } from '../../declare/error.ts'
import { HTTP_METHODS } from '../../declare/http-route.ts'
import type { AnyOperation } from '../../declare/operation.ts'
import type { Schema } from '../../declare/schema.ts'
import { plan } from '../../plan/compile-plan.ts'
import type { Plan } from '../../plan/plan.ts'
import { openapiDocument, type OpenApiDocument } from './document.ts'

const Money = z.object({ amount: z.int(), currency: z.enum(['EUR', 'CHF']) }).meta({ id: 'Money' })
const Tree = z.object({
  name: z.string(),
  get children() {
    return z.array(Tree)
  },
})

const leaf = fc.constantFrom<z.ZodType>(
  z.string(),
  z.uuid().describe('An id.'),
  z.email(),
  z.int().min(1).max(9),
  z.number().default(1),
  z.boolean().optional(),
  z.literal('only'),
  z.enum(['a', 'b']).nullable(),
  z.iso.datetime({ offset: true }),
  z.date(),
  z.string().transform((text) => text.length),
  z.record(z.string(), z.number()),
  z.tuple([z.string(), z.int()]),
  z.any(),
  Money,
  Money.optional(),
  Tree,
)
const field = fc.oneof(
  leaf,
  leaf.map((inner) => z.array(inner)),
  leaf.map((inner) => z.object({ inner })),
)
// No field `$ref`: the validator takes one for a reference. The example tests have it.
const fieldName = fc.constantFrom(
  'id',
  'name',
  'status',
  'others',
  'type',
  '__proto',
  'größe',
  'a/b~c',
  '{x}',
)
const shape = fc.dictionary(fieldName, field, { maxKeys: 4 })
const parameterName = fc.constantFrom('id', 'userId', 'version')
const parameters = fc.uniqueArray(parameterName, { maxLength: 2 })

function inputWith(
  names: readonly string[],
  members: Record<string, z.ZodType>,
  variant: number,
): Schema | undefined {
  const all = { ...members, ...Object.fromEntries(names.map((name) => [name, z.uuid()])) }
  const object = z.object(all)
  const kinds: readonly (() => Schema | undefined)[] = [
    () => (names.length === 0 ? undefined : object),
    () => object,
    () => z.strictObject(all),
    () => z.looseObject(all),
    () => z.union([object, z.object({ ...all, other: z.string() })]),
    () => object.and(z.object({ more: z.int() })),
    () => (names.length === 0 ? z.array(z.string()) : object),
    () => opaque,
  ]
  return (kinds[variant] as () => Schema | undefined)()
}

const opaque: Schema = { '~standard': { version: 1, vendor: 'test', validate: (value) => ({ value }) } }

const anyError = fc
  .record({
    name: fc.constantFrom('NotFound', 'Gone', 'Problem'),
    status: fc.constantFrom(400, 404, 409, 412),
  })
  .chain(({ name, status }) =>
    fc.option(shape, { nil: undefined }).map((data) => {
      const schema = data === undefined ? {} : { data: z.object(data) }
      return error(`m.${name}${status}`, { status, ...schema }) as ErrorDeclaration
    }),
  )

const common = {
  latency: fc.record({ deadline: fc.constantFrom('250ms' as const, '2s' as const) }),
  because: fc.constantFrom('ADR-0001', ['ADR-1', '`ADR` <b>2</b>']),
}
const contracts = {
  query: fc.record(
    { ...common, consistency: fc.constantFrom('strong' as const, 'eventual' as const) },
    { requiredKeys: [] },
  ) satisfies fc.Arbitrary<QueryContract>,
  command: fc.record(
    {
      ...common,
      transaction: fc.record({
        isolation: fc.constantFrom(...ISOLATION_LEVELS),
        ifMatch: fc.constantFrom(...IF_MATCH),
      }),
    },
    { requiredKeys: [] },
  ) satisfies fc.Arbitrary<CommandContract>,
}

const operation: fc.Arbitrary<AnyOperation> = fc
  .record({
    kind: fc.constantFrom('query' as const, 'command' as const),
    name: fc.constantFrom('a.one', 'a.two', 'b.three', 'b.four', 'c.five'),
    method: fc.constantFrom(...HTTP_METHODS),
    base: fc.constantFrom('things', 'other-things', 'v1.0'),
    names: parameters,
    members: shape,
    variant: fc.nat(7),
    output: fc.option(field, { nil: undefined }),
    status: fc.constantFrom(200, 201, 202, 204),
    errors: fc.uniqueArray(anyError, { maxLength: 3, selector: ({ name }) => name }),
    contracts: fc.record(contracts),
    summary: fc.option(fc.string(), { nil: undefined }),
    versioned: fc.boolean(),
  })
  .map(
    ({ kind, name, method, base, names, members, variant, versioned, summary, contracts: terms, ...rest }) =>
      defineOperation(kind, name, {
        ...rest,
        contract: terms[kind],
        ...(summary !== undefined && { summary }),
        input: inputWith(names, members, variant),
        http: `${method} /${[base, ...names.map((parameter) => `:${parameter}`)].join('/')}`,
        ...(versioned && { version: () => 1 }),
      }),
  )

const shapeOf = ({ http }: AnyOperation): string => (http ?? '').replace(/:[^/]+/g, ':')
const app = fc
  .uniqueArray(operation, { maxLength: 5, selector: ({ name }) => name })
  .map((operations) => [...new Map(operations.map((each) => [shapeOf(each), each])).values()])

const facts = { name: 'shop', db: undefined, migrations: [] }
const capabilities = {
  store: { name: 'PostgreSQL', replicas: true, pipelining: true, positions: true, changeStream: false },
}
const planOf = (each: AnyOperation): Plan => plan(each, facts, capabilities)

const documentOf = (operations: readonly AnyOperation[]): OpenApiDocument =>
  openapiDocument({
    operations: operations.map((each) => ({ operation: each, plan: planOf(each) })),
    info: { title: 'Any', version: '1' },
  })

describe('the document of any application', () => {
  const validator = new Validator()

  it('is valid OpenAPI 3.1 whose references lead somewhere', async () => {
    await fc.assert(
      fc.asyncProperty(app, async (operations) => {
        const text = JSON.stringify(documentOf(operations))
        expect(await validator.validate(JSON.parse(text) as never), text).toEqual({ valid: true })
      }),
      { numRuns: 60 },
    )
  }, 30_000)

  it('has every operation once, with the parameters that its path names', () => {
    fc.assert(
      fc.property(app, (operations) => {
        const { paths } = documentOf(operations)
        const found = Object.entries(paths).flatMap(([path, item]) =>
          Object.values(item).map(({ operationId, parameters: list }) => {
            const named = Array.from(path.matchAll(/\{([^}]+)\}/g), ([, name]) => String(name))
            const described = list.flatMap((each) => ('in' in each && each.in === 'path' ? [each.name] : []))
            expect(described.toSorted()).toEqual(named.toSorted())
            return operationId
          }),
        )
        expect(found.toSorted()).toEqual(operations.map(({ name }) => name).toSorted())
      }),
      { numRuns: 60 },
    )
  })

  it('is the same in whichever order the operations come', () => {
    fc.assert(
      fc.property(app, (operations) => {
        expect(JSON.stringify(documentOf(operations.toReversed()))).toBe(
          JSON.stringify(documentOf(operations)),
        )
      }),
      { numRuns: 60 },
    )
  })
})
