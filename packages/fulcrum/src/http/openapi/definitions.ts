import type { JsonSchema } from '../../declare/schema.ts'
import { lastToken, resolvePointer } from './json-pointer.ts'
import { isObject, type JsonSchemaNode, mapSubschemas } from './json-schema.ts'
import type { SchemaSource } from './schema-source.ts'

/** A schema that other schemas of its document refer to, and that therefore becomes a component. */
export interface Definition {
  readonly source: SchemaSource
  /** As written in `$ref`: `#/$defs/Money`, `#`. */
  readonly reference: string
  readonly schema: JsonSchemaNode
  /** Equal for equal definitions: the schema and everything that it refers to. */
  readonly content: string
}

/** Everything that the document of a source refers to within itself. */
export function definitionsOf(source: SchemaSource): readonly Definition[] {
  const { document } = source
  if (document === undefined) return []
  const reached = reach(document, document)
  return [...reached].map(([reference, schema]) => {
    const inner = isObject(schema) ? [...reach(schema, document)] : []
    return { source, reference, schema, content: JSON.stringify([schema, inner.toSorted(byReference)]) }
  })
}

function byReference([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** What `schema` refers to in `document`, directly and through others. */
function reach(schema: JsonSchema, document: JsonSchema): ReadonlyMap<string, JsonSchemaNode> {
  const found = new Map<string, JsonSchemaNode>()
  const visit = (node: JsonSchemaNode): JsonSchemaNode => {
    if (!isObject(node)) return node
    const { $ref, $defs: _, definitions: __, ...rest } = node
    if (typeof $ref === 'string' && !found.has($ref)) {
      const target = localTarget(document, $ref)
      if (target !== undefined) {
        found.set($ref, target)
        visit(target)
      }
    }
    mapSubschemas(rest, visit)
    return node
  }
  visit(schema)
  return found
}

/** The schema that a reference within the document means; `undefined` for one that leads elsewhere or nowhere. */
export function localTarget(document: JsonSchema, reference: string): JsonSchemaNode | undefined {
  if (!reference.startsWith('#')) return undefined
  const target = resolvePointer(document, reference)
  return isObject(target) || typeof target === 'boolean' ? target : undefined
}

/** The name that the author of a definition gave it; `undefined` for one that a library made up (`__schema0`) and for a whole document. */
export function givenName({ reference }: Definition): string | undefined {
  if (!/\/(?:\$defs|definitions)\/[^/]+$/.test(reference)) return undefined
  const name = lastToken(reference)
  return name.startsWith('__') ? undefined : name
}
