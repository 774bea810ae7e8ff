import { describe, expect, it } from 'vitest'
import { hasPath, membersOf, type Node, shapeOf } from './json-shape.ts'
import type { JsonSchema } from './schema.ts'

function node(schema: JsonSchema): Node {
  return { schema, root: schema }
}

const text: JsonSchema = { type: 'string' }
const tree: JsonSchema = {
  $ref: '#/$defs/Tree',
  $defs: {
    Tree: {
      type: 'object',
      properties: { name: text, branches: { type: 'array', items: { $ref: '#/$defs/Tree' } } },
    },
  },
}
const circle: JsonSchema = {
  $ref: '#/$defs/A',
  $defs: { A: { $ref: '#/$defs/B' }, B: { $ref: '#/$defs/A' } },
}

describe('shapes', () => {
  it.each<readonly [string, JsonSchema, string]>([
    ['a text', text, 'scalar'],
    ['a number or nothing', { type: ['number', 'null'] }, 'scalar'],
    ['a choice', { enum: ['a', 1, null] }, 'scalar'],
    ['a constant', { const: true }, 'scalar'],
    ['variants of scalars', { anyOf: [text, { type: 'integer' }] }, 'scalar'],
    ['a refined text', { allOf: [{ minLength: 1 }, text] }, 'scalar'],
    ['a list of texts', { type: 'array', items: text }, 'list'],
    ['one or several', { oneOf: [text, { type: 'array', items: text }] }, 'list'],
    ['a list of lists', { type: 'array', items: { type: 'array', items: text } }, 'other'],
    ['a list of anything', { type: 'array' }, 'other'],
    ['an object', { type: 'object' }, 'other'],
    ['anything', {}, 'other'],
    ['a choice of objects', { enum: [{}] }, 'other'],
    ['a text or an object', { anyOf: [text, { type: 'object' }] }, 'other'],
    ['a reference in a circle', circle, 'other'],
    ['a reference to nothing', { $ref: '#/$defs/Gone' }, 'other'],
    ['a reference elsewhere', { $ref: 'https://example.com/schema' }, 'other'],
  ])('of %s', (_, schema, shape) => {
    expect(shapeOf(node(schema))).toBe(shape)
  })
})

describe('members', () => {
  const a: JsonSchema = { type: 'object', properties: { id: text, a: text } }
  const b: JsonSchema = { type: 'object', properties: { id: text, b: text } }

  function names(schema: JsonSchema): object | undefined {
    const members = membersOf(node(schema))
    return (
      members && { all: [...members.all.keys()], everywhere: [...members.everywhere], open: members.open }
    )
  }

  it('of one of several are those that all have', () => {
    expect(names({ oneOf: [a, b] })).toEqual({ all: ['id', 'a', 'b'], everywhere: ['id'], open: false })
  })

  it('of an intersection are those of its parts', () => {
    expect(names({ allOf: [a, b] })).toEqual({
      all: ['id', 'a', 'b'],
      everywhere: ['id', 'a', 'b'],
      open: false,
    })
  })

  it('may be open', () => {
    expect(names({ ...a, additionalProperties: {} })).toMatchObject({ open: true })
    expect(names({ ...a, additionalProperties: false })).toMatchObject({ open: false })
    expect(names({ ...a, patternProperties: { '^x-': text } })).toMatchObject({ open: true })
  })

  it('are found without a type, and through references', () => {
    expect(names({ properties: { id: text } })).toMatchObject({ all: ['id'] })
    expect(names(tree)).toMatchObject({ all: ['name', 'branches'] })
  })

  it('are none of what is no object', () => {
    for (const schema of [text, {}, circle, { oneOf: [a, text] }]) expect(names(schema)).toBeUndefined()
  })
})

describe('paths', () => {
  it.each([
    ['name', true],
    ['branches', true],
    ['branches.branches.name', true],
    ['branches.leaf', false],
    ['name.first', false],
  ])('%s', (path, found) => {
    expect(hasPath(node(tree), path.split('.'))).toBe(found)
  })

  it('are unknown where a schema is open or says nothing', () => {
    expect(hasPath(node({ type: 'object', properties: { any: {} } }), ['any', 'thing'])).toBe('unknown')
    expect(hasPath(node({ type: 'object', additionalProperties: text }), ['any'])).toBe('unknown')
  })
})
