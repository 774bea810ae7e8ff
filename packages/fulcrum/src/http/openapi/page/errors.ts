import type { JsonSchema } from '../../../declare/schema.ts'
import type { OpenApiDocument } from '../document.ts'
import { isObject, type JsonSchemaNode, nodesOf } from '../json-schema.ts'
import type { OperationObject } from '../operation-object.ts'
import { textOf } from './markup.ts'
import { followed } from './reader.ts'

/** One kind of error that an operation may answer with. */
export interface PageError {
  readonly status: string
  readonly code: string
  readonly title: string
  readonly description: string
  readonly schema: JsonSchema
}

/** Those that the operation declares. */
export function declaredErrors(operation: OperationObject, document: OpenApiDocument): readonly PageError[] {
  return errorsOf(operation, document).filter((error) => !isCommon(error))
}

/** Fulcrum's own. */
export function commonErrors(operation: OperationObject, document: OpenApiDocument): readonly PageError[] {
  return errorsOf(operation, document).filter(isCommon)
}

/** Whose part it is to do something about an error. */
export function statusKind(status: string): 'caller' | 'server' {
  return status.startsWith('4') ? 'caller' : 'server'
}

function isCommon({ code }: PageError): boolean {
  return /^FUL-\d+$/.test(code)
}

function errorsOf({ responses }: OperationObject, document: OpenApiDocument): readonly PageError[] {
  const failures = Object.entries(responses).filter(([status]) => /^[45]/.test(status))
  return failures.flatMap(([status, { content = {} }]) =>
    Object.values(content).flatMap(({ schema }) =>
      casesOf(schema).flatMap((each) => errorOf(status, each, document)),
    ),
  )
}

function casesOf(schema: JsonSchemaNode): readonly JsonSchemaNode[] {
  return isObject(schema) && 'oneOf' in schema ? nodesOf(schema['oneOf']) : [schema]
}

function errorOf(status: string, node: JsonSchemaNode, document: OpenApiDocument): PageError[] {
  const schema = followed(node, document)
  const properties = isObject(schema) ? schema['properties'] : undefined
  if (!isObject(schema) || !isObject(properties) || !isObject(properties['code'])) return []
  const code = textOf(properties['code']['const'])
  return [
    { status, code, title: textOf(schema['title']), description: textOf(schema['description']), schema },
  ]
}
