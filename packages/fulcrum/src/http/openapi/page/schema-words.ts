import type { JsonSchema } from '../../../declare/schema.ts'
import type { OpenApiDocument } from '../document.ts'
import { isObject, type JsonSchemaNode } from '../json-schema.ts'
import { componentOf } from './reader.ts'

/** The type of a schema in words: `uuid`, `list of Product`, `"a" or "b"`, `text or null`. */
export function typeOf(node: JsonSchemaNode, document: OpenApiDocument): string {
  const name = componentOf(node)
  if (name !== undefined) return name
  if (!isObject(node)) return node ? 'anything' : 'nothing'
  return valuesOf(node) ?? variantsOf(node, document) ?? plainTypeOf(node, document)
}

function valuesOf({ const: constant, enum: values }: JsonSchema): string | undefined {
  if (constant !== undefined) return JSON.stringify(constant)
  return Array.isArray(values) ? values.map((value) => JSON.stringify(value)).join(' or ') : undefined
}

function variantsOf({ oneOf, anyOf, allOf }: JsonSchema, document: OpenApiDocument): string | undefined {
  const words = (list: unknown, separator: string): string | undefined => {
    if (!Array.isArray(list) || list.length === 0) return undefined
    return [...new Set((list as JsonSchemaNode[]).map((part) => typeOf(part, document)))].join(separator)
  }
  return words(oneOf, ' or ') ?? words(anyOf, ' or ') ?? words(allOf, ' and ')
}

const WORDS: Readonly<Record<string, string>> = {
  string: 'text',
  null: 'null',
  integer: 'integer',
  object: 'object',
}

function plainTypeOf(schema: JsonSchema, document: OpenApiDocument): string {
  const { type, format, items } = schema
  const types = [type].flat().filter((each): each is string => typeof each === 'string')
  if (types.length === 0) return isObject(schema['properties']) ? 'object' : 'anything'
  const words = types.map((each) => {
    if (each === 'array') return isObject(items) ? `list of ${typeOf(items, document)}` : 'list'
    return each === 'string' && typeof format === 'string' ? format : (WORDS[each] ?? each)
  })
  return words.join(' or ')
}

/** What a schema demands beyond its type: `1 to 80 characters`, `at least 1`, `default 20`. */
export function constraintsOf(node: JsonSchemaNode): readonly string[] {
  if (!isObject(node)) return []
  const { minLength, maxLength, minItems, maxItems, pattern, format } = node
  const texts = [
    boundsOf(node),
    range(minLength, maxLength, 'character'),
    range(minItems, maxItems, 'item'),
    node['uniqueItems'] === true ? 'no repetition' : undefined,
    typeof node['multipleOf'] === 'number' ? `multiple of ${node['multipleOf']}` : undefined,
    // The pattern of a known format only repeats it.
    typeof pattern === 'string' && format === undefined ? `matches ${pattern}` : undefined,
    node['default'] === undefined ? undefined : `default ${JSON.stringify(node['default'])}`,
  ]
  return texts.filter((text) => text !== undefined)
}

/** Bounds of what a double holds exactly say nothing that matters. */
function boundsOf({ minimum, exclusiveMinimum, maximum, exclusiveMaximum }: JsonSchema): string | undefined {
  const low = typeof minimum === 'number' && minimum > Number.MIN_SAFE_INTEGER ? minimum : undefined
  const high = typeof maximum === 'number' && maximum < Number.MAX_SAFE_INTEGER ? maximum : undefined
  const strict = [
    typeof exclusiveMinimum === 'number' ? `more than ${exclusiveMinimum}` : undefined,
    typeof exclusiveMaximum === 'number' ? `less than ${exclusiveMaximum}` : undefined,
  ]
  const texts = [...strict, range(low, high, '')].filter((text) => text !== undefined)
  return texts.length === 0 ? undefined : texts.join(', ')
}

function range(low: unknown, high: unknown, unit: string): string | undefined {
  const from = typeof low === 'number' ? low : undefined
  const to = typeof high === 'number' ? high : undefined
  if (from === undefined && to === undefined) return undefined
  if (from === undefined) return `at most ${counted(to as number, unit)}`
  if (to === undefined) return `at least ${counted(from, unit)}`
  return from === to ? `exactly ${counted(from, unit)}` : `${from} to ${counted(to, unit)}`
}

function counted(number: number, unit: string): string {
  return unit === '' ? String(number) : `${number} ${unit}${number === 1 ? '' : 's'}`
}
