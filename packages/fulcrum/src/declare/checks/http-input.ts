import { type FulcrumError, fulcrumError } from '../../kernel/errors/fulcrum-error.ts'
import { contradiction, invalidValue } from '../contract/refusals.ts'
import type { HttpRoute } from '../http-route.ts'
import { type Members, membersOf, type Node, type Shape, shapeOf } from '../json-shape.ts'
import { rowSchemaOf } from '../ndjson.ts'
import type { AnyOperation } from '../operation.ts'
import { convertSchema, isSchema, type Schema } from '../schema.ts'

/**
 * An operation over HTTP reads its input from path, query string and body. Which text becomes which type is decided by the input's JSON Schema, so it
 * has to have one, path parameters have to be members of it, and what comes as text has to be a scalar.
 */
export function checkHttpInput(operation: AnyOperation, route: HttpRoute): FulcrumError[] {
  const { name, input } = operation
  if (input === undefined) return route.parameters.map((parameter) => notInInput(name, parameter, []))
  if (!isSchema(input) || rowSchemaOf(input) !== undefined) return []
  const conversion = convertSchema(input, 'input')
  if (conversion.document === undefined) return [notConvertible(name, input, conversion.reason)]
  const { document } = conversion
  const members = membersOf({ schema: document, root: document })
  if (members === undefined) return [noObject(name, document['type'])]
  return [
    ...route.parameters.flatMap((parameter) => checkParameter(name, parameter, members)),
    ...(route.method === 'GET' ? checkQueryString(operation, route, members) : []),
  ]
}

function checkParameter(name: string, parameter: string, members: Members): FulcrumError[] {
  const nodes = members.all.get(parameter)
  if (nodes === undefined || !members.everywhere.has(parameter)) {
    return [notInInput(name, parameter, [...members.everywhere])]
  }
  if (nodes.every((node) => shapeOf(node) === 'scalar')) return []
  const reason = 'a path parameter is one text, from which only a string, a number or a boolean can be read'
  const allowed = 'a string, a number, a boolean, or a choice of them'
  return [
    contradiction(name, {
      field: `input.${parameter}`,
      found: describe(nodes),
      other: `the path parameter :${parameter}`,
      reason,
      allowed,
    }),
  ]
}

function checkQueryString(
  { name, http }: AnyOperation,
  { parameters }: HttpRoute,
  members: Members,
): FulcrumError[] {
  const inQuery = [...members.all].filter(([member]) => !parameters.includes(member))
  return inQuery.flatMap(([member, nodes]) => {
    if (nodes.every((node) => isFlat(shapeOf(node)))) return []
    const reason = 'a query string has no structure beyond repeated names'
    const allowed = 'scalars and lists of scalars, or POST, whose input comes as a body'
    return [
      contradiction(name, {
        field: `input.${member}`,
        found: describe(nodes),
        other: `http '${http}'`,
        reason,
        allowed,
      }),
    ]
  })
}

function isFlat(shape: Shape): boolean {
  return shape !== 'other'
}

/** The type as JSON Schema calls it. */
function describe(nodes: readonly Node[]): unknown {
  const types = nodes.map(({ schema }) => (schema as { readonly type?: unknown }).type ?? 'any')
  return [...new Set(types.map(String))].join(' or ')
}

function notInInput(name: string, parameter: string, members: readonly string[]): FulcrumError {
  const allowed =
    members.length === 0
      ? 'no parameters, since the input has no members'
      : members.map((member) => `:${member}`)
  return fulcrumError('FUL-1010', { field: 'http', found: `:${parameter}`, allowed }, { operation: name })
}

function noObject(name: string, type: unknown): FulcrumError {
  const allowed = 'a schema of an object: members come from the path, the query string and the body, by name'
  return invalidValue(name, { path: 'input', found: typeof type === 'string' ? type : 'no object', allowed })
}

/** What to do, by library, where it is more than leaving out what JSON cannot say. */
const WRAPPERS: Readonly<Record<string, string>> = {
  valibot: 'toStandardJsonSchema(schema) of the package @valibot/to-json-schema',
}

function notConvertible(name: string, schema: Schema, reason: string): FulcrumError {
  const { vendor } = schema['~standard']
  const implementsIt = 'jsonSchema' in schema['~standard']
  const allowed = implementsIt
    ? 'a schema whose input side JSON can say: an ISO text instead of a Date, a text or a number instead of a bigint; a transform after it is fine'
    : (WRAPPERS[vendor] ??
      'a schema of a library that implements Standard JSON Schema, such as zod from 4.2 on or arktype')
  return fulcrumError(
    'FUL-1011',
    { field: 'input', found: `a schema of ${vendor}`, reason, allowed },
    { operation: name },
  )
}
