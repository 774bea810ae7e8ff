import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { jsonSchemaOf, type JsonSchema } from '../../../declare/schema.ts'
import { ANYTHING, type ParameterKinds, parameterKinds, type TextKinds } from './text-kinds.ts'

const of = (schema: z.ZodType): ParameterKinds => parameterKinds(jsonSchemaOf(schema, 'input'))

/** In one word each. */
function words({ texts, number, boolean, array }: TextKinds): string {
  const text = texts === 'any' ? ['text'] : [...texts].map((one) => `'${one}'`)
  return [
    ...text,
    ...(number ? ['number'] : []),
    ...(boolean ? ['boolean'] : []),
    ...(array ? ['list'] : []),
  ].join(' ')
}

function named(kinds: ParameterKinds): Record<string, string> {
  return Object.fromEntries(Array.from(kinds.named, ([name, one]) => [name, words(one)]))
}

describe('what text may stand for', () => {
  it('is read from each member of an object', () => {
    const schema = z.object({
      plain: z.string(),
      optional: z.int().optional(),
      nullable: z.number().nullable(),
      defaulted: z.boolean().default(true),
      literal: z.literal([1, 'one', true, null]),
      list: z.array(z.uuid()),
      piped: z.string().transform(Number).pipe(z.number()),
      open: z.unknown(),
      object: z.object({ a: z.number() }),
    })
    expect(named(of(schema))).toEqual({
      plain: 'text',
      optional: 'number',
      nullable: 'number',
      defaulted: 'boolean',
      literal: "'one' number boolean",
      list: 'list',
      piped: 'text',
      open: 'text number boolean list',
      object: '',
    })
  })

  it('is read through references, also those that lead back', () => {
    const Amount = z.int().meta({ id: 'AmountOfKinds' })
    const Node = z.object({
      value: Amount,
      get children() {
        return z.array(Node).optional()
      },
    })
    expect(named(of(Node))).toEqual({ value: 'number', children: 'list' })
    const circular: JsonSchema = { $ref: '#/$defs/a', $defs: { a: { allOf: [{ $ref: '#/$defs/a' }] } } }
    expect(parameterKinds(circular).named.size).toBe(0)
    const self: JsonSchema = { type: 'object', properties: { a: { $ref: '#/properties/a' } } }
    expect(words(parameterKinds(self).named.get('a') as TextKinds)).toBe(words(ANYTHING))
  })

  it('is everything that one variant allows, and only what all parts of an intersection allow', () => {
    const variants = z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('n'), value: z.number(), only: z.boolean() }),
      z.object({ kind: z.literal('b'), value: z.boolean() }),
    ])
    expect(named(of(variants))).toEqual({ kind: "'n' 'b'", value: 'number boolean', only: 'boolean' })
    const parts: JsonSchema = {
      allOf: [
        { type: 'object', properties: { a: { type: ['integer', 'string'] }, b: { enum: ['x', 'y'] } } },
        { properties: { a: { minimum: 1, type: 'number' }, b: { enum: ['y', 'z'] }, c: { minimum: 1 } } },
      ],
    }
    expect(named(parameterKinds(parts))).toEqual({ a: 'number', b: "'y'", c: words(ANYTHING) })
  })

  it('is anything for members that the schema does not list, unless it says what they are', () => {
    expect(words(of(z.object({})).others)).toBe(words(ANYTHING))
    expect(words(of(z.strictObject({})).others)).toBe(words(ANYTHING))
    expect(words(of(z.record(z.string(), z.number())).others)).toBe('number')
    expect(parameterKinds(undefined)).toEqual({ named: new Map(), others: ANYTHING })
  })

  it('survives schemas that are none', () => {
    for (const odd of [
      { type: 5 },
      { properties: [] },
      { anyOf: 'x' },
      { $ref: '#/nowhere' },
      { $ref: 7 },
      { items: 3 },
    ]) {
      expect(() => parameterKinds({ properties: { a: odd }, ...odd })).not.toThrow()
    }
  })
})
