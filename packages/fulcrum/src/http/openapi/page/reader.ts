import type { OpenApiDocument } from '../document.ts'
import type { Parameter } from '../input-parts.ts'
import { isObject, type JsonSchemaNode } from '../json-schema.ts'
import type { OperationObject } from '../operation-object.ts'
import type { Reference } from '../responses.ts'

/** An operation with where it is. */
export interface PageOperation {
  readonly method: string
  /** `/profiles/{userId}` */
  readonly path: string
  readonly operation: OperationObject
}

/** The operations of one module. */
export interface PageModule {
  readonly name: string
  readonly operations: readonly PageOperation[]
}

export function modulesOf({ paths, tags }: OpenApiDocument): readonly PageModule[] {
  const operations = Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ method, path, operation })),
  )
  return tags.map(({ name }) => ({
    name,
    operations: operations.filter(({ operation }) => operation.tags.includes(name)),
  }))
}

/** Parameters of an operation, references followed. */
export function parametersOf(
  { components }: OpenApiDocument,
  { parameters }: OperationObject,
): readonly Parameter[] {
  return parameters.flatMap((parameter) =>
    '$ref' in parameter ? (components.parameters[lastPart(parameter)] ?? []) : parameter,
  )
}

function lastPart({ $ref }: Reference): string {
  return $ref.slice($ref.lastIndexOf('/') + 1)
}

/** The name of the component that a schema is nothing but a reference to. */
export function componentOf(node: JsonSchemaNode): string | undefined {
  const reference = isObject(node) ? node['$ref'] : undefined
  return typeof reference === 'string' ? lastPart({ $ref: reference }) : undefined
}

/** What a schema means: the component for a reference, otherwise the schema itself. */
export function followed(node: JsonSchemaNode, { components }: OpenApiDocument): JsonSchemaNode {
  const name = componentOf(node)
  return name === undefined ? node : (components.schemas[name] ?? {})
}
