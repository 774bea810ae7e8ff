import type { JsonSchema } from '../../declare/schema.ts'
import { componentNames, definitionKey } from './component-names.ts'
import { definitionsOf, localTarget } from './definitions.ts'
import { fromEntries, isObject, type JsonSchemaNode, mapSubschemas, omit } from './json-schema.ts'
import type { SchemaSource } from './schema-source.ts'

/** Where a schema is used, so that its references can be led to components. */
export interface SchemaRegistry {
  /** What the document's definitions became, by component name, sorted. */
  readonly components: Readonly<Record<string, JsonSchemaNode>>
  /** A schema of the source's document, fit for any place of an OpenAPI document. */
  place(schema: JsonSchemaNode, source: SchemaSource): JsonSchemaNode
}

/** Hoists the definitions of all documents to components. `reserved`: names that other components have. */
export function schemaRegistry(sources: readonly SchemaSource[], reserved: Iterable<string>): SchemaRegistry {
  const definitions = sources.flatMap(definitionsOf)
  const names = componentNames(definitions, reserved)
  const place = (schema: JsonSchemaNode, source: SchemaSource): JsonSchemaNode =>
    placed(schema, source, names)
  const components = definitions.map(({ source, reference, schema }) => {
    const name = names.get(definitionKey(source, reference)) as string
    return [name, place(schema, source)] as const
  })
  return { components: fromEntries(components.toSorted(([a], [b]) => (a < b ? -1 : 1))), place }
}

/** Keywords that only make sense in a document of its own. */
const DOCUMENT_KEYWORDS = [
  '$schema',
  '$id',
  '$defs',
  'definitions',
  '$anchor',
  '$dynamicAnchor',
  '$dynamicRef',
]

function placed(
  node: JsonSchemaNode,
  source: SchemaSource,
  names: ReadonlyMap<string, string>,
): JsonSchemaNode {
  if (!isObject(node)) return node
  const inner = mapSubschemas(omit(node, DOCUMENT_KEYWORDS), (subschema) => placed(subschema, source, names))
  const { $ref } = inner
  return typeof $ref === 'string' ? { ...omit(inner, ['$ref']), ...referred($ref, source, names) } : inner
}

function referred(reference: string, source: SchemaSource, names: ReadonlyMap<string, string>): JsonSchema {
  const name = names.get(definitionKey(source, reference))
  if (name !== undefined) return { $ref: schemaReference(name) }
  return { description: `Refers to ${reference}, which cannot be expressed here.` }
}

export function schemaReference(name: string): string {
  return `#/components/schemas/${name}`
}

/** Follows references within the source's document to what they mean. Stops at the first repetition. */
export function dereferenced(
  node: JsonSchemaNode,
  source: SchemaSource,
  seen: readonly string[] = [],
): JsonSchemaNode {
  const reference = isObject(node) ? node['$ref'] : undefined
  if (typeof reference !== 'string' || seen.includes(reference) || source.document === undefined) return node
  const target = localTarget(source.document, reference)
  return target === undefined ? node : dereferenced(target, source, [...seen, reference])
}
