import { describe, expect, it } from 'vitest'
import type { JsonSchema } from '../../declare/schema.ts'
import { type Members, membersOf, withoutMembers } from './members.ts'
import type { SchemaSource } from './schema-source.ts'

const sourceOf = (document: JsonSchema): SchemaSource => ({ owner: 'a.x', side: 'input', document })
const members = (document: JsonSchema): Members | undefined => membersOf(document, sourceOf(document))
const without = (document: JsonSchema, ...names: string[]): unknown =>
  withoutMembers(document, names, sourceOf(document))
const text = { type: 'string' }
const number = { type: 'number' }
const closed = (properties: JsonSchema, ...required: string[]): JsonSchema => ({
  type: 'object',
  properties,
  required,
})

describe('membersOf', () => {
  it('lists the members of an object', () => {
    expect(members(closed({ a: text, b: number }, 'a'))).toEqual({
      byName: new Map([
        ['a', { schema: text, required: true }],
        ['b', { schema: number, required: false }],
      ]),
      open: false,
    })
  })

  it('adds up what must hold together', () => {
    const both = members({ allOf: [closed({ a: text }, 'a'), closed({ a: text, b: number })] })
    expect(both?.byName).toEqual(
      new Map([
        ['a', { schema: text, required: true }],
        ['b', { schema: number, required: false }],
      ]),
    )
  })

  it('requires of variants only what all of them require', () => {
    const variants = [
      closed({ kind: { const: 'a' }, x: text }, 'kind', 'x'),
      closed({ kind: { const: 'b' } }, 'kind'),
    ]
    expect(members({ oneOf: variants })?.byName).toEqual(
      new Map([
        ['kind', { schema: { anyOf: [{ const: 'a' }, { const: 'b' }] }, required: true }],
        ['x', { schema: text, required: false }],
      ]),
    )
  })

  it('follows references, also circular ones', () => {
    const node = { ...closed({ id: text }, 'id'), allOf: [{ $ref: '#/$defs/Node' }] }
    expect([...(members({ $ref: '#/$defs/Node', $defs: { Node: node } })?.byName.keys() ?? [])]).toEqual([
      'id',
    ])
    expect(members({ $ref: '#' })).toEqual({ byName: new Map(), open: true })
  })

  it.each([
    ['any other member', { type: 'object', additionalProperties: true }],
    ['members of a type', { type: 'object', additionalProperties: text }],
    ['members by pattern', { type: 'object', patternProperties: { '^x-': text } }],
    ['anything', {}],
    ['anything, described', { description: 'Whatever.' }],
  ])('is open to %s', (_, document) => {
    expect(members(document)?.open).toBe(true)
  })

  it.each([
    ['text', text],
    ['a list', { type: 'array' }],
    ['nothing', { allOf: [false] }],
    ['variants that are not', { anyOf: [text, number] }],
  ])('is undefined for %s', (_, document) => {
    expect(members(document)).toBeUndefined()
  })
})

describe('withoutMembers', () => {
  it('takes members out, and out of what is required', () => {
    expect(without(closed({ id: text, a: text }, 'id', 'a'), 'id')).toEqual(closed({ a: text }, 'a'))
    expect(without(closed({ id: text }, 'id'), 'id')).toEqual({ type: 'object', properties: {} })
  })

  it('leaves the schema alone when there is nothing to take out', () => {
    const document = { $ref: '#/$defs/A', $defs: { A: closed({ a: text }) } }
    expect(without(document)).toBe(document)
  })

  it('reaches into references and variants', () => {
    const document = {
      oneOf: [{ $ref: '#/$defs/A' }, closed({ id: text, b: text }, 'b')],
      $defs: { A: closed({ id: text, a: text }, 'id') },
    }
    expect(without(document, 'id')).toMatchObject({
      oneOf: [
        { type: 'object', properties: { a: text } },
        { properties: { b: text }, required: ['b'] },
      ],
    })
  })

  it('drops keywords that count or combine the members', () => {
    const document = { ...closed({ id: text, a: text }), minProperties: 2, dependentRequired: { a: ['id'] } }
    expect(Object.keys(without(document, 'id') as object)).toEqual(['type', 'properties'])
  })

  it('ends on circular schemas', () => {
    const node = { ...closed({ id: text }), anyOf: [{ $ref: '#' }] }
    expect(JSON.stringify(without(node, 'id'))).toBeTypeOf('string')
  })
})
