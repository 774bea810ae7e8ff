import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { command } from '../../../declare/command.ts'
import { plan } from '../../../plan/compile-plan.ts'
import { openapiDocument, type OpenApiDocument } from '../document.ts'
import type { JsonSchemaNode } from '../json-schema.ts'
import { exampleOf } from './example.ts'
import { curlOf } from './request-example.ts'
import { constraintsOf, typeOf } from './schema-words.ts'

/** The schema of a body, as it stands in a document, with the document. */
function placed(input: z.ZodType): [JsonSchemaNode, OpenApiDocument] {
  const operation = command('a.take', {
    input: z.object({ it: input }),
    http: 'POST /a',
    contract: { idempotency: 'none' },
  })
  const planned = plan(operation, { name: 'a', db: undefined, migrations: undefined }, { store: undefined })
  const document = openapiDocument({
    operations: [{ operation, plan: planned }],
    info: { title: 'A', version: '1' },
  })
  const body = document.paths['/a']?.['post']?.requestBody?.content['application/json']?.schema
  const { properties } = body as { readonly properties: { readonly it: JsonSchemaNode } }
  return [properties.it, document]
}

const Money = z.object({ amount: z.int(), currency: z.enum(['EUR', 'CHF']) }).meta({ id: 'MoneyOfExample' })
const Tree = z.object({
  name: z.string(),
  get children() {
    return z.array(Tree)
  },
})

describe('exampleOf', () => {
  it.each([
    ['text', z.string().min(3).max(80)],
    ['long text', z.string().min(20)],
    ['uuid', z.uuid()],
    ['email', z.email()],
    ['timestamp', z.iso.datetime({ offset: true })],
    ['date', z.iso.date()],
    ['address', z.url()],
    ['integer', z.int()],
    ['bounded integer', z.int().min(5).max(9)],
    ['negative integer', z.int().max(-5)],
    ['strictly bounded number', z.number().gt(0).lt(1)],
    ['boolean', z.boolean()],
    ['constant', z.literal('only')],
    ['choice', z.enum(['a', 'b'])],
    ['null or text', z.string().nullable()],
    ['list', z.array(z.int()).min(1)],
    ['pair', z.tuple([z.string(), z.int()])],
    ['record', z.record(z.string(), z.number())],
    ['named object', Money],
    [
      'variants',
      z.discriminatedUnion('kind', [
        z.object({ kind: z.literal('a'), x: z.int() }),
        z.object({ kind: z.literal('b') }),
      ]),
    ],
    ['intersection', z.object({ a: z.int() }).and(Money)],
    ['tree', Tree],
    ['default', z.string().default('given')],
    ['example of the author', z.string().meta({ examples: ['theirs'] })],
  ])('fits the schema of %s', (_, schema) => {
    const [node, document] = placed(schema)
    expect(schema.safeParse(exampleOf(node, document))).toMatchObject({ success: true })
  })

  it('prefers what the author gave', () => {
    const [node, document] = placed(z.string().meta({ examples: ['theirs'] }))
    expect(exampleOf(node, document)).toBe('theirs')
  })

  it('has nothing for what is not known', () => {
    expect(exampleOf(...placed(z.any()))).toBeUndefined()
  })
})

describe('words for schemas', () => {
  it.each([
    [z.string(), 'text'],
    [z.uuid(), 'uuid'],
    [z.int().nullable(), 'integer or null'],
    [z.array(Money), 'list of MoneyOfExample'],
    [z.enum(['a', 'b']), '"a" or "b"'],
    [z.union([z.string(), z.object({})]), 'text or object'],
    [z.any(), 'anything'],
  ])('say the type (%#)', (schema, words) => {
    expect(typeOf(...placed(schema))).toBe(words)
  })

  it.each([
    [z.string().min(1).max(80), ['1 to 80 characters']],
    [z.string().length(3), ['exactly 3 characters']],
    [z.int(), []],
    [z.int().positive().max(10), ['more than 0, at most 10']],
    [z.number().min(1).max(9), ['1 to 9']],
    [z.array(z.int()).min(1), ['at least 1 item']],
    [z.int().max(100).default(20), ['at most 100', 'default 20']],
    [z.string().regex(/^[A-Z]+$/), ['matches ^[A-Z]+$']],
    [z.uuid(), []],
  ])('say what is demanded (%#)', (schema, texts) => {
    expect(constraintsOf(placed(schema)[0])).toEqual(texts)
  })
})

describe('curlOf', () => {
  it('quotes for the shell', () => {
    const request = {
      method: 'PATCH',
      target: "/a?q=it's",
      headers: [['If-Match', '"1"']] as const,
      body: '{}',
    }
    expect(curlOf(request, 'http://localhost')).toBe(
      String.raw`curl -X PATCH 'http://localhost/a?q=it'\''s' \
  -H 'If-Match: "1"' \
  -d '{}'`,
    )
  })
})
