import type { JsonSchema } from '../../../declare/schema.ts'
import { resolvePointer } from '../../openapi/json-pointer.ts'
import { isObject } from '../../openapi/json-schema.ts'

/** What a piece of text from a path or a query string may stand for, as far as a JSON Schema says. */
export interface TextKinds {
  /** The texts that are meant as they are. */
  readonly texts: 'any' | ReadonlySet<string>
  readonly number: boolean
  readonly boolean: boolean
  /** Several texts of one name: what each of them may stand for; `undefined` when one is all there can be. */
  readonly array: ItemKinds | undefined
}

export interface ItemKinds {
  /** Of the first, second, … item (tuples). */
  readonly first: readonly TextKinds[]
  /** Of the other items. */
  readonly rest: TextKinds
}

const NO_TEXT: ReadonlySet<string> = new Set()
const NOTHING: TextKinds = { texts: NO_TEXT, number: false, boolean: false, array: undefined }
const ONE_OF_ANYTHING: TextKinds = { texts: 'any', number: true, boolean: true, array: undefined }

/** Where nothing is known: text stays text. */
export const ANYTHING: TextKinds = { ...ONE_OF_ANYTHING, array: { first: [], rest: ONE_OF_ANYTHING } }

/** Kinds by parameter name, for the members of an object schema. */
export interface ParameterKinds {
  readonly named: ReadonlyMap<string, TextKinds>
  /** Of names that the schema does not list. */
  readonly others: TextKinds
}

/** Reads the members of an object schema, through references, intersections and unions. */
export function parameterKinds(document: JsonSchema | undefined): ParameterKinds {
  if (document === undefined) return { named: new Map(), others: ANYTHING }
  const objects = objectsOf(document, document, new Set())
  const names = new Set(objects.flatMap((node) => Object.keys(propertiesOf(node))))
  const named = Array.from(
    names,
    (name) => [name, memberKinds(document, name, [document]) ?? ANYTHING] as const,
  )
  const others = objects.map((node) => node['additionalProperties']).filter(isObject)
  return {
    named: new Map(named),
    others: others.length === 0 ? ANYTHING : others.map((node) => kindsOf(node, document)).reduce(union),
  }
}

/** Kinds of one member; `undefined` where the schema does not mention it. `path` begins with the document itself. */
function memberKinds(node: unknown, name: string, path: readonly unknown[]): TextKinds | undefined {
  const root = path[0] as JsonSchema
  if (!isObject(node) || path.indexOf(node, 1) !== -1) return undefined
  const each = (nodes: readonly unknown[]): TextKinds[] =>
    nodes.map((part) => memberKinds(part, name, [...path, node])).filter((kinds) => kinds !== undefined)
  const together = each([...referenced(node, root), ...listOf(node['allOf'])])
  if (Object.hasOwn(propertiesOf(node), name)) together.push(kindsOf(propertiesOf(node)[name], root))
  for (const alternatives of [each(listOf(node['anyOf'])), each(listOf(node['oneOf']))]) {
    if (alternatives.length > 0) together.push(alternatives.reduce(union))
  }
  return together.length === 0 ? undefined : together.reduce(intersection)
}

/** Every schema that describes the members of the object, or of one of its variants. */
function objectsOf(node: unknown, root: JsonSchema, seen: Set<unknown>): JsonSchema[] {
  if (!isObject(node) || seen.has(node)) return []
  seen.add(node)
  return [node, ...inner(node, root).flatMap((part) => objectsOf(part, root, seen))]
}

function inner(node: JsonSchema, root: JsonSchema): unknown[] {
  return [
    ...referenced(node, root),
    ...listOf(node['allOf']),
    ...listOf(node['anyOf']),
    ...listOf(node['oneOf']),
  ]
}

function referenced({ $ref }: JsonSchema, root: JsonSchema): unknown[] {
  return typeof $ref === 'string' && $ref.startsWith('#') ? [resolvePointer(root, $ref)] : []
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : []
}

function propertiesOf({ properties }: JsonSchema): JsonSchema {
  return isObject(properties) ? properties : {}
}

/** What text may stand for under one schema. All that holds at once is intersected, alternatives are united. */
export function kindsOf(node: unknown, root: JsonSchema, above: readonly unknown[] = []): TextKinds {
  if (node === false) return NOTHING
  // A schema that refers to itself says nothing new the second time.
  if (!isObject(node) || above.includes(node)) return ANYTHING
  const path = [...above, node]
  const each = (nodes: readonly unknown[]): TextKinds[] => nodes.map((part) => kindsOf(part, root, path))
  const together = [
    ownKinds(node, root, path),
    ...each(referenced(node, root)),
    ...each(listOf(node['allOf'])),
  ]
  for (const alternatives of [listOf(node['anyOf']), listOf(node['oneOf'])]) {
    if (alternatives.length > 0) together.push(each(alternatives).reduce(union))
  }
  return together.reduce(intersection)
}

function ownKinds(node: JsonSchema, root: JsonSchema, path: readonly unknown[]): TextKinds {
  const types = node['type'] === undefined ? undefined : [node['type']].flat()
  const byType = types === undefined ? ANYTHING : kindsOfTypes(types, () => itemKinds(node, root, path))
  const values = 'const' in node ? [node['const']] : node['enum']
  return Array.isArray(values) ? intersection(byType, values.map(kindOfValue).reduce(union, NOTHING)) : byType
}

function kindsOfTypes(types: readonly unknown[], items: () => ItemKinds): TextKinds {
  return {
    texts: types.includes('string') ? 'any' : NO_TEXT,
    number: types.includes('number') || types.includes('integer'),
    boolean: types.includes('boolean'),
    array: types.includes('array') ? items() : undefined,
  }
}

function itemKinds(node: JsonSchema, root: JsonSchema, path: readonly unknown[]): ItemKinds {
  const single = (item: unknown): TextKinds => ({ ...kindsOf(item, root, path), array: undefined })
  return { first: listOf(node['prefixItems']).map(single), rest: single(node['items']) }
}

function kindOfValue(value: unknown): TextKinds {
  if (typeof value === 'string') return { ...NOTHING, texts: new Set([value]) }
  if (typeof value === 'number') return { ...NOTHING, number: true }
  return typeof value === 'boolean' ? { ...NOTHING, boolean: true } : NOTHING
}

function union(a: TextKinds, b: TextKinds): TextKinds {
  return {
    texts: a.texts === 'any' || b.texts === 'any' ? 'any' : new Set([...a.texts, ...b.texts]),
    number: a.number || b.number,
    boolean: a.boolean || b.boolean,
    array:
      a.array === undefined || b.array === undefined ? (a.array ?? b.array) : itemUnion(a.array, b.array),
  }
}

function itemUnion(a: ItemKinds, b: ItemKinds): ItemKinds {
  return { first: [], rest: [...a.first, ...b.first, a.rest, b.rest].reduce(union) }
}

function intersection(a: TextKinds, b: TextKinds): TextKinds {
  return {
    texts: common(a.texts, b.texts),
    number: a.number && b.number,
    boolean: a.boolean && b.boolean,
    array: a.array === undefined || b.array === undefined ? undefined : itemIntersection(a.array, b.array),
  }
}

function common(a: TextKinds['texts'], b: TextKinds['texts']): TextKinds['texts'] {
  if (a === 'any') return b
  return b === 'any' ? a : new Set([...a].filter((text) => b.has(text)))
}

function itemIntersection(a: ItemKinds, b: ItemKinds): ItemKinds {
  const length = Math.max(a.first.length, b.first.length)
  const at = (items: ItemKinds, index: number): TextKinds => items.first[index] ?? items.rest
  return {
    first: Array.from({ length }, (_, index) => intersection(at(a, index), at(b, index))),
    rest: intersection(a.rest, b.rest),
  }
}
