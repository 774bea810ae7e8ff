import type { JsonSchema } from '../../../declare/schema.ts'
import type { OpenApiDocument } from '../document.ts'
import { fromEntries, isObject, type JsonSchemaNode, nodesOf } from '../json-schema.ts'
import { componentOf, followed } from './reader.ts'

/** A value that fits a schema, as far as it says: examples, defaults and constants first. Always the same one. */
export function exampleOf(
  node: JsonSchemaNode,
  document: OpenApiDocument,
  above: readonly string[] = [],
): unknown {
  const name = componentOf(node)
  if (name !== undefined && above.includes(name)) return undefined
  const path = name === undefined ? above : [...above, name]
  const schema = followed(node, document)
  if (!isObject(schema)) return undefined
  const given = givenExample(schema)
  if (given !== undefined) return given.value
  const inner = (part: JsonSchemaNode): unknown => exampleOf(part, document, path)
  const [variant] = [...nodesOf(schema['oneOf']), ...nodesOf(schema['anyOf'])]
  if (variant !== undefined) return mergedObjects([inner(variant), ownExample(schema, inner)])
  const parts = nodesOf(schema['allOf']).map(inner)
  return mergedObjects([...parts, ownExample(schema, inner)])
}

function givenExample(schema: JsonSchema): { readonly value: unknown } | undefined {
  const { examples, example, const: constant, enum: values } = schema
  if (Array.isArray(examples) && examples.length > 0) return { value: examples[0] }
  if (example !== undefined) return { value: example }
  if (constant !== undefined) return { value: constant }
  if (Array.isArray(values) && values.length > 0) return { value: values[0] }
  return schema['default'] === undefined ? undefined : { value: schema['default'] }
}

type Inner = (part: JsonSchemaNode) => unknown

function ownExample(schema: JsonSchema, inner: Inner): unknown {
  const type = Array.isArray(schema['type']) ? (schema['type'] as unknown[])[0] : schema['type']
  if (type === 'object' || isObject(schema['properties'])) return objectExample(schema, inner)
  if (type === 'array') return arrayExample(schema, inner)
  if (type === 'integer' || type === 'number') return numberExample(schema, type)
  if (type === 'boolean') return true
  return type === 'string' ? textExample(schema) : undefined
}

function objectExample({ properties, additionalProperties }: JsonSchema, inner: Inner): unknown {
  const members = Object.entries(isObject(properties) ? properties : {})
  const examples = members.map(([name, part]) => [name, inner(part as JsonSchemaNode)] as const)
  const present = examples.filter(([, value]) => value !== undefined)
  if (members.length > 0 || !isObject(additionalProperties)) return fromEntries(present)
  const value = inner(additionalProperties)
  return value === undefined ? {} : { key: value }
}

function arrayExample({ items, prefixItems }: JsonSchema, inner: Inner): unknown[] {
  if (Array.isArray(prefixItems)) return (prefixItems as JsonSchemaNode[]).map((part) => inner(part) ?? null)
  const item = isObject(items) ? inner(items) : undefined
  return item === undefined ? [] : [item]
}

function numberExample(schema: JsonSchema, type: 'integer' | 'number'): number {
  const { minimum, exclusiveMinimum, maximum } = schema
  const step = type === 'integer' ? 1 : 0.5
  const low =
    typeof minimum === 'number' ? minimum : typeof exclusiveMinimum === 'number' ? exclusiveMinimum + step : 1
  const least = low < -1e9 ? 1 : low
  return typeof maximum === 'number' && maximum < least ? maximum : least
}

const BY_FORMAT: Readonly<Record<string, string>> = {
  uuid: '7c9e6679-7425-40de-944b-e07fc1f90ae7',
  'date-time': '2026-01-31T09:30:00Z',
  date: '2026-01-31',
  time: '09:30:00',
  duration: 'PT15M',
  email: 'ada@example.com',
  uri: 'https://example.com',
  hostname: 'example.com',
  ipv4: '192.0.2.1',
  ipv6: '2001:db8::1',
}

function textExample({ format, minLength }: JsonSchema): string {
  const known = typeof format === 'string' ? BY_FORMAT[format] : undefined
  return known ?? 'text'.padEnd(typeof minLength === 'number' ? Math.min(minLength, 64) : 0, '.')
}

/** Objects become one; otherwise the last value that there is. */
function mergedObjects(values: readonly unknown[]): unknown {
  const present = values.filter((value) => value !== undefined)
  return present.length > 1 && present.every(isObject) ? Object.assign({}, ...present) : present.at(-1)
}
