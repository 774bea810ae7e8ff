import { describe, expect, it } from 'vitest'
import type { JsonSchema } from '../../declare/schema.ts'
import { schemaRegistry } from './schema-registry.ts'
import type { SchemaSource } from './schema-source.ts'

const source = (owner: string, side: SchemaSource['side'], document: JsonSchema): SchemaSource => ({
  owner,
  side,
  document,
})
const using = (name: string, definition: JsonSchema, more: JsonSchema = {}): JsonSchema => ({
  properties: { it: { $ref: `#/$defs/${name}` } },
  $defs: { [name]: definition, ...more },
})
const names = (...sources: SchemaSource[]): string[] =>
  Object.keys(schemaRegistry(sources, ['Problem']).components)

const line = { properties: { sku: { type: 'string' } } }
const otherLine = { properties: { quantity: { type: 'integer' } } }

describe('component names', () => {
  it('are those that the author gave, shared by equal schemas', () => {
    expect(
      names(source('a.x', 'input', using('Line', line)), source('b.y', 'output', using('Line', line))),
    ).toEqual(['Line'])
  })

  it('tell input from output where they differ', () => {
    const sources = [
      source('a.x', 'input', using('Line', line)),
      source('a.x', 'output', using('Line', otherLine)),
    ]
    expect(names(...sources)).toEqual(['Line', 'Line.Input'])
  })

  it('tell modules apart', () => {
    const sources = [
      source('a.x', 'output', using('Line', line)),
      source('b.x', 'output', using('Line', otherLine)),
    ]
    expect(names(...sources)).toEqual(['a.Line', 'b.Line'])
  })

  it('tell modules and sides apart', () => {
    const sources = [
      source('a.x', 'input', using('Line', { ...line, minProperties: 1 })),
      source('a.x', 'output', using('Line', line)),
      source('b.x', 'output', using('Line', otherLine)),
    ]
    expect(names(...sources)).toEqual(['a.Line', 'a.Line.Input', 'b.Line'])
  })

  it('tell operations apart', () => {
    const sources = [
      source('a.x', 'output', using('Line', line)),
      source('a.y', 'output', using('Line', otherLine)),
    ]
    expect(names(...sources)).toEqual(['a.x.output.Line', 'a.y.output.Line'])
  })

  it('tell apart what differs only in what it refers to', () => {
    const cart = { items: { $ref: '#/$defs/Line' } }
    const sources = [
      source('a.x', 'output', using('Cart', cart, { Line: line })),
      source('b.x', 'output', using('Cart', cart, { Line: otherLine })),
    ]
    const { components } = schemaRegistry(sources, [])
    expect(Object.keys(components)).toEqual(['a.Cart', 'a.Line', 'b.Cart', 'b.Line'])
    expect(components['b.Cart']).toEqual({ items: { $ref: '#/components/schemas/b.Line' } })
  })

  it('come from the operation where the author gave none', () => {
    const tree = { items: { $ref: '#' } }
    expect(names(source('a.tree', 'output', tree))).toEqual(['a.tree.output'])
    expect(names(source('a.x', 'input', using('__schema0', line)))).toEqual(['a.x.input.schema0'])
    const pointing = { properties: { from: line, to: { $ref: '#/properties/from' } } }
    expect(names(source('a.x', 'input', pointing))).toEqual(['a.x.input.from'])
  })

  it('are legal whatever the author wrote, and still tell apart', () => {
    const document = {
      allOf: [{ $ref: '#/$defs/Order ~1 line' }, { $ref: '#/$defs/Order ~0 line' }],
      $defs: { 'Order / line': line, 'Order ~ line': otherLine },
    }
    expect(names(source('a.x', 'input', document))).toEqual([
      'a.x.input.Order_line',
      'a.x.input.Order_line.2',
    ])
  })

  it('leave those that are taken', () => {
    expect(names(source('a.x', 'output', using('Problem', line)))).toEqual(['a.Problem'])
    expect(names(source('a.x', 'input', using('Problem', line)))).toEqual(['Problem.Input'])
  })

  it('do not depend on the order of sources', () => {
    const sources = [
      source('a.x', 'output', using('Line', line)),
      source('b.y', 'output', using('Line', otherLine)),
      source('c.z', 'input', using('Line', line)),
    ]
    expect(schemaRegistry(sources.toReversed(), []).components).toEqual(
      schemaRegistry(sources, []).components,
    )
  })
})

describe('placing a schema', () => {
  it('leads references to components and drops what belongs to a document', () => {
    const document = {
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      $id: 'x',
      ...using('Line', line),
    }
    const used = source('a.x', 'input', document)
    expect(schemaRegistry([used], []).place(document, used)).toEqual({
      properties: { it: { $ref: '#/components/schemas/Line' } },
    })
  })

  it('keeps what stands beside a reference', () => {
    const document = { ...using('Line', line), $ref: '#/$defs/Line', description: 'A line.' }
    const used = source('a.x', 'input', document)
    expect(schemaRegistry([used], []).place(document, used)).toMatchObject({
      $ref: '#/components/schemas/Line',
      description: 'A line.',
    })
  })

  it.each(['#/$defs/Nothing', '#anchor', 'https://example.com/schema.json'])('says so for %s', ($ref) => {
    const document = { items: { $ref } }
    const used = source('a.x', 'input', document)
    const registry = schemaRegistry([used], [])
    expect(registry.place(document, used)).toEqual({
      items: { description: expect.stringContaining($ref) as string },
    })
    expect(registry.components).toEqual({})
  })
})
