import type { JsonSchema } from './schema.ts'

/** A JSON Schema with the document that its references point into. */
export interface Node {
  readonly schema: unknown
  readonly root: JsonSchema
}

/** What a text in a path or a query string can be decoded to, with certainty. */
export type Shape = 'scalar' | 'list' | 'other'

/** What an object schema says of its members. */
export interface Members {
  /** Every member that any variant names. */
  readonly all: ReadonlyMap<string, readonly Node[]>
  /** Those that every variant knows. */
  readonly everywhere: ReadonlySet<string>
  /** It also takes members that it does not name. */
  readonly open: boolean
}

const VARIANTS = ['anyOf', 'oneOf'] as const
const SCALARS: readonly unknown[] = ['string', 'number', 'integer', 'boolean', 'null']
/** References may form cycles; nothing that matters here lies deeper. */
const DEPTH = 32

/** Whether all values of a schema are scalars, or lists of scalars. A schema that says nothing of its type is neither. */
export function shapeOf(node: Node, depth: number = DEPTH): Shape {
  const schema = resolve(node)
  if (schema === undefined || depth === 0) return 'other'
  const variants = variantsOf(schema)
  if (variants !== undefined)
    return commonShape(variants.map((variant) => shapeOf({ ...node, schema: variant }, depth - 1)))
  if (Array.isArray(schema['allOf']) && schema['type'] === undefined) {
    return firstKnown(schema['allOf'].map((part) => shapeOf({ ...node, schema: part }, depth - 1)))
  }
  if (schema['type'] === 'array')
    return isListOfScalars({ ...node, schema: schema['items'] }, depth - 1) ? 'list' : 'other'
  return isScalar(schema) ? 'scalar' : 'other'
}

function isListOfScalars(items: Node, depth: number): boolean {
  return shapeOf(items, depth) === 'scalar'
}

function isScalar({ type, const: constant, enum: choices }: JsonSchema): boolean {
  if (type !== undefined)
    return Array.isArray(type) ? type.every((one) => SCALARS.includes(one)) : SCALARS.includes(type)
  if (Array.isArray(choices)) return choices.every(isScalarValue)
  return constant !== undefined && isScalarValue(constant)
}

function isScalarValue(value: unknown): boolean {
  return value === null || typeof value !== 'object'
}

function commonShape(shapes: readonly Shape[]): Shape {
  const [first = 'other', ...rest] = new Set(shapes)
  // A scalar or a list of them: one value in a query string is either, so a list it is.
  if (rest.length === 1 && !shapes.includes('other')) return 'list'
  return rest.length === 0 ? first : 'other'
}

/** In an intersection one part that fixes the type is enough. */
function firstKnown(shapes: readonly Shape[]): Shape {
  return shapes.find((shape) => shape !== 'other') ?? 'other'
}

/** The members of a schema whose values are objects; `undefined` for any other schema. */
export function membersOf(node: Node, depth: number = DEPTH): Members | undefined {
  const schema = resolve(node)
  if (schema === undefined || depth === 0) return undefined
  const inner = (schemas: readonly unknown[]): (Members | undefined)[] =>
    schemas.map((part) => membersOf({ ...node, schema: part }, depth - 1))
  const variants = variantsOf(schema)
  const parts = [
    ...(isObjectSchema(schema) ? [ownMembers(schema, node.root)] : []),
    ...(variants === undefined ? [] : [eitherOf(inner(variants))]),
    ...(Array.isArray(schema['allOf']) ? inner(schema['allOf']) : []),
  ]
  return parts.length === 0 || parts.includes(undefined) ? undefined : bothOf(parts as Members[])
}

function isObjectSchema({ type, properties }: JsonSchema): boolean {
  return type === 'object' || (type === undefined && isObject(properties))
}

function ownMembers(schema: JsonSchema, root: JsonSchema): Members {
  const properties = isObject(schema['properties']) ? Object.entries(schema['properties']) : []
  const { additionalProperties: rest, patternProperties } = schema
  return {
    all: new Map(properties.map(([name, member]) => [name, [{ schema: member, root }]])),
    everywhere: new Set(properties.map(([name]) => name)),
    open: rest === true || isObject(rest) || patternProperties !== undefined,
  }
}

function eitherOf(variants: readonly (Members | undefined)[]): Members | undefined {
  if (variants.includes(undefined)) return undefined
  const known = variants as readonly Members[]
  const [first = new Set<string>(), ...others] = known.map(({ everywhere }) => everywhere)
  const everywhere = new Set([...first].filter((name) => others.every((other) => other.has(name))))
  return { ...bothOf(known), everywhere }
}

function bothOf(parts: readonly Members[]): Members {
  const all = new Map<string, readonly Node[]>()
  for (const part of parts)
    for (const [name, nodes] of part.all) all.set(name, [...(all.get(name) ?? []), ...nodes])
  return {
    all,
    everywhere: new Set(parts.flatMap(({ everywhere }) => [...everywhere])),
    open: parts.some(({ open }) => open),
  }
}

/** Whether a dotted path leads to a member, through lists; `'unknown'` where the schema is open or says too little to tell. */
export function hasPath(node: Node, path: readonly string[]): boolean | 'unknown' {
  const [name, ...rest] = path
  if (name === undefined) return true
  const items = itemsOf(node)
  if (items !== undefined) return hasPath(items, path)
  const members = membersOf(node)
  if (members === undefined) return shapeOf(node) === 'scalar' ? false : 'unknown'
  const found = members.all.get(name)?.map((member) => hasPath(member, rest)) ?? []
  if (found.includes(true)) return true
  return members.open || found.includes('unknown') ? 'unknown' : false
}

function itemsOf(node: Node): Node | undefined {
  const schema = resolve(node)
  return schema?.['type'] === 'array' && schema['items'] !== undefined
    ? { ...node, schema: schema['items'] }
    : undefined
}

function variantsOf(schema: JsonSchema): readonly unknown[] | undefined {
  const keyword = VARIANTS.find((name) => Array.isArray(schema[name]))
  return keyword === undefined ? undefined : (schema[keyword] as readonly unknown[])
}

/** Follows local references, `#` and `#/$defs/Name`. */
function resolve({ schema, root }: Node): JsonSchema | undefined {
  let current = schema
  for (let hops = 0; hops < DEPTH && isObject(current); hops++) {
    const { $ref: reference } = current
    if (typeof reference !== 'string') return current
    current = pointed(root, reference)
  }
  return undefined
}

/** RFC 6901, in its URI fragment form. */
function pointed(root: JsonSchema, reference: string): unknown {
  if (!reference.startsWith('#')) return undefined
  const tokens = reference.slice(1).split('/').slice(1)
  return tokens.reduce<unknown>((value, token) => {
    const name = token.replaceAll('~1', '/').replaceAll('~0', '~')
    return isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined
  }, root)
}

function isObject(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
