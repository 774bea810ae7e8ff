import type { JsonSchema } from '../../declare/schema.ts'
import { fromEntries, isObject, type JsonSchemaNode, nodesOf, omit } from './json-schema.ts'
import { dereferenced } from './schema-registry.ts'
import type { SchemaSource } from './schema-source.ts'

/** One member of an object schema, over all its variants. */
export interface Member {
  readonly schema: JsonSchemaNode
  /** Every variant needs it. */
  readonly required: boolean
}

/** The members of an object schema, seen through references, `allOf`, `anyOf` and `oneOf`. */
export interface Members {
  readonly byName: ReadonlyMap<string, Member>
  /** It takes members beside those, or says nothing about its members at all. */
  readonly open: boolean
}

const NONE: Members = { byName: new Map(), open: false }
const UNKNOWN: Members = { byName: new Map(), open: true }

/** `undefined` for a schema that no object matches. References that lead back to themselves add nothing. */
export function membersOf(
  node: JsonSchemaNode,
  source: SchemaSource,
  above: readonly JsonSchemaNode[] = [],
): Members | undefined {
  const schema = dereferenced(node, source)
  if (typeof schema === 'boolean') return schema ? UNKNOWN : undefined
  if (!mayBeObject(schema)) return undefined
  if (above.includes(schema)) return NONE
  const inner = (nodes: unknown): (Members | undefined)[] =>
    nodesOf(nodes).map((variant) => membersOf(variant, source, [...above, schema]))
  const parts = [ownMembers(schema), ...inner(schema['allOf'])]
  for (const variants of [inner(schema['anyOf']), inner(schema['oneOf'])]) {
    const objects = variants.filter((variant) => variant !== undefined)
    if (objects.length > 0) parts.push(either(objects))
    else if (variants.length > 0) return undefined
  }
  return parts.includes(undefined) ? undefined : all(parts as Members[])
}

/**
 * The schema without the named members, for what is left of an input when its path parameters are gone. Keywords about the object as a whole
 * (how many members, which together) are left out, since they counted the removed ones.
 */
export function withoutMembers(
  node: JsonSchemaNode,
  names: readonly string[],
  source: SchemaSource,
): JsonSchemaNode {
  return names.length === 0 ? node : remove(node, { names: new Set(names), source, above: [] })
}

const ABOUT_THE_WHOLE = [
  'minProperties',
  'maxProperties',
  'propertyNames',
  'dependentRequired',
  'dependentSchemas',
  'if',
  'then',
  'else',
  'not',
  'unevaluatedProperties',
]

interface Removal {
  readonly names: ReadonlySet<string>
  readonly source: SchemaSource
  /** The schemas that this one stands in. */
  readonly above: readonly JsonSchemaNode[]
}

function remove(node: JsonSchemaNode, removal: Removal): JsonSchemaNode {
  const { names, source, above } = removal
  const schema = dereferenced(node, source)
  if (!isObject(schema) || above.includes(schema)) return node
  const inner = { ...removal, above: [...above, schema] }
  const entries = Object.entries(omit(schema, ABOUT_THE_WHOLE)).map(([keyword, value]) => {
    if (keyword === 'properties' && isObject(value)) return [keyword, omit(value, [...names])] as const
    if (keyword === 'required')
      return [keyword, requiredOf(schema).filter((name) => !names.has(name))] as const
    if (!['allOf', 'anyOf', 'oneOf'].includes(keyword)) return [keyword, value] as const
    return [keyword, nodesOf(value).map((variant) => remove(variant, inner))] as const
  })
  return fromEntries(
    entries.filter(([keyword, value]) => keyword !== 'required' || (value as string[]).length > 0),
  )
}

function mayBeObject({ type }: JsonSchema): boolean {
  if (type === undefined) return true
  return Array.isArray(type) ? type.includes('object') : type === 'object'
}

function ownMembers(schema: JsonSchema): Members {
  const required = new Set(requiredOf(schema))
  const properties = isObject(schema['properties']) ? Object.entries(schema['properties']) : []
  const byName = properties.map(([name, value]) => {
    return [name, { schema: value as JsonSchemaNode, required: required.has(name) }] as const
  })
  return { byName: new Map(byName), open: isOpen(schema) }
}

function isOpen(schema: JsonSchema): boolean {
  const { additionalProperties } = schema
  if (additionalProperties === true || isObject(additionalProperties)) return true
  if (schema['patternProperties'] !== undefined) return true
  return !['type', 'properties', 'allOf', 'anyOf', 'oneOf'].some((keyword) => keyword in schema)
}

function requiredOf({ required }: JsonSchema): string[] {
  return Array.isArray(required) ? required.filter((name) => typeof name === 'string') : []
}

/** Every part holds. */
function all(parts: readonly Members[]): Members {
  const required = (found: readonly Member[]): boolean => found.some((member) => member.required)
  return { byName: merged(parts, required), open: parts.some(({ open }) => open) }
}

/** One of the variants holds. */
function either(variants: readonly Members[]): Members {
  const required = (found: readonly Member[]): boolean =>
    found.length === variants.length && found.every((member) => member.required)
  return { byName: merged(variants, required), open: variants.some(({ open }) => open) }
}

function merged(
  parts: readonly Members[],
  required: (found: readonly Member[]) => boolean,
): ReadonlyMap<string, Member> {
  const names = new Set(parts.flatMap(({ byName }) => [...byName.keys()]))
  const entries = Array.from(names, (name) => {
    const found = parts.flatMap(({ byName }) => byName.get(name) ?? [])
    return [name, { schema: anyOf(found.map(({ schema }) => schema)), required: required(found) }] as const
  })
  return new Map(entries)
}

function anyOf(schemas: readonly JsonSchemaNode[]): JsonSchemaNode {
  const different = new Map(schemas.map((schema) => [JSON.stringify(schema), schema]))
  const [first, ...others] = different.values()
  return others.length === 0 ? (first as JsonSchemaNode) : { anyOf: [first, ...others] }
}
