import type { JsonSchema } from '../../declare/schema.ts'

/** A schema as JSON Schema has it: an object, or a boolean that accepts everything or nothing. */
export type JsonSchemaNode = JsonSchema | boolean

type Place = 'one' | 'list' | 'map'

const ONE = [
  'additionalProperties',
  'contains',
  'contentSchema',
  'else',
  'if',
  'items',
  'not',
  'propertyNames',
  'then',
  'unevaluatedItems',
  'unevaluatedProperties',
]
const LIST = ['allOf', 'anyOf', 'oneOf', 'prefixItems']
const MAP = ['$defs', 'definitions', 'dependentSchemas', 'patternProperties', 'properties']

/** Where draft 2020-12 puts schemas inside of schemas. Every other keyword holds data, which is never looked into. */
const SUBSCHEMAS: ReadonlyMap<string, Place> = new Map([
  ...ONE.map((keyword) => [keyword, 'one'] as const),
  ...LIST.map((keyword) => [keyword, 'list'] as const),
  ...MAP.map((keyword) => [keyword, 'map'] as const),
])

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isNode(value: unknown): value is JsonSchemaNode {
  return isObject(value) || typeof value === 'boolean'
}

/** The schemas of a list; nothing where there is none. */
export function nodesOf(value: unknown): readonly JsonSchemaNode[] {
  return Array.isArray(value) ? value.filter(isNode) : []
}

/** A copy of `schema` whose direct subschemas have gone through `change`. Keywords of an unexpected shape are copied as they are. */
export function mapSubschemas(
  schema: JsonSchema,
  change: (subschema: JsonSchemaNode) => JsonSchemaNode,
): JsonSchema {
  const entries = Object.entries(schema).map(([keyword, value]) => {
    const place = SUBSCHEMAS.get(keyword)
    return [keyword, place === undefined ? value : changeAt(place, value, change)] as const
  })
  return fromEntries(entries)
}

function changeAt(
  place: Place,
  value: unknown,
  change: (subschema: JsonSchemaNode) => JsonSchemaNode,
): unknown {
  const one = (inner: unknown): unknown => (isNode(inner) ? change(inner) : inner)
  if (place === 'list') return Array.isArray(value) ? value.map(one) : value
  if (place === 'map') return isObject(value) ? mapValues(value, one) : value
  return one(value)
}

export function mapValues<T, R>(
  record: Readonly<Record<string, T>>,
  change: (value: T, key: string) => R,
): Record<string, R> {
  return fromEntries(Object.entries(record).map(([key, value]) => [key, change(value, key)] as const))
}

/** Like `Object.fromEntries`, but a key `__proto__` is a key like any other in what comes out. */
export function fromEntries<R>(entries: readonly (readonly [string, R])[]): Record<string, R> {
  const result: Record<string, R> = {}
  for (const [key, value] of entries) {
    Object.defineProperty(result, key, { value, enumerable: true, writable: true, configurable: true })
  }
  return result
}

/** Without the given keywords. */
export function omit(schema: JsonSchema, keywords: readonly string[]): JsonSchema {
  return fromEntries(Object.entries(schema).filter(([keyword]) => !keywords.includes(keyword)))
}
