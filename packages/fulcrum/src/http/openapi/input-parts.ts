import type { HttpRoute } from '../../declare/http-route.ts'
import { inputPlace } from './input-place.ts'
import { isObject, type JsonSchemaNode } from './json-schema.ts'
import { type Member, membersOf, withoutMembers } from './members.ts'
import type { SchemaRegistry } from './schema-registry.ts'
import type { SchemaSource } from './schema-source.ts'

/** A parameter of an operation, as OpenAPI describes it. */
export interface Parameter {
  readonly name: string
  readonly in: 'path' | 'query' | 'header'
  readonly required?: boolean
  readonly description?: string
  readonly style?: string
  readonly explode?: boolean
  readonly schema: JsonSchemaNode
}

export interface RequestBody {
  readonly required: boolean
  /** Of one type. */
  readonly content: BodyContent
}

type Described = { readonly schema: JsonSchemaNode }
type BodyContent =
  | { readonly 'application/json': Described; readonly 'application/x-ndjson'?: never }
  | { readonly 'application/x-ndjson': Described; readonly 'application/json'?: never }

/** The type of a body, and the schema of it, or of a row of it. */
export function bodyContent({ content }: RequestBody): {
  readonly type: string
  readonly schema: JsonSchemaNode
} {
  const rowsOfIt = content['application/x-ndjson']
  if (rowsOfIt !== undefined) return { type: 'application/x-ndjson', ...rowsOfIt }
  return { type: 'application/json', ...content['application/json'] }
}

/** Where the members of an input travel. */
export interface InputParts {
  readonly parameters: readonly Parameter[]
  readonly body: RequestBody | undefined
}

const INEXPRESSIBLE = 'The schema of this operation cannot be expressed as JSON Schema.'
const anything = { description: INEXPRESSIBLE }

/** Splits an input: members that the path names travel there, the others in the query string or in the body. */
export function inputParts(
  route: HttpRoute,
  source: SchemaSource | undefined,
  registry: SchemaRegistry,
): InputParts {
  const root = source?.document
  if (source?.isRow === true) return { parameters: [], body: rows(root && registry.place(root, source)) }
  if (source === undefined || root === undefined) return unknownParts(route, source !== undefined)
  const members = membersOf(root, source)
  const parameter = (name: string, member: Member | undefined): Parameter =>
    pathParameter(name, member === undefined ? undefined : registry.place(member.schema, source))
  const path = route.parameters.map((name) => parameter(name, members?.byName.get(name)))
  if (inputPlace(route.method) === 'body') return { parameters: path, body: bodyOf(route, source, registry) }
  const rest = [...(members?.byName ?? [])].filter(([name]) => !route.parameters.includes(name))
  const query = rest.map(([name, member]) =>
    queryParameter(name, member.required, registry.place(member.schema, source)),
  )
  const others = members?.open === true ? [otherParameters(rest.map(([name]) => name))] : []
  return { parameters: [...path, ...query, ...others], body: undefined }
}

function unknownParts(route: HttpRoute, takesInput: boolean): InputParts {
  const parameters = route.parameters.map((name) => pathParameter(name, undefined))
  if (!takesInput) return { parameters, body: undefined }
  if (inputPlace(route.method) === 'query')
    return { parameters: [...parameters, otherParameters([])], body: undefined }
  return { parameters, body: { required: false, content: json(anything) } }
}

/** What the schema does not say is text, as paths are. */
function pathParameter(name: string, schema: JsonSchemaNode | undefined): Parameter {
  const known = schema === undefined || schema === true ? { type: 'string' } : schema
  return { name, in: 'path', required: true, ...described(known), schema: known }
}

function queryParameter(name: string, required: boolean, schema: JsonSchemaNode): Parameter {
  return { name, in: 'query', ...(required && { required }), ...described(schema), schema }
}

/** Members that are not known by name: every further parameter of the query string is one. */
function otherParameters(known: readonly string[]): Parameter {
  const description = 'Any further parameters: each is a member of the input. Their names cannot be listed.'
  const schema = { type: 'object', additionalProperties: true }
  const name = known.includes('others') ? `others.${known.length}` : 'others'
  return { name, in: 'query', description, style: 'form', explode: true, schema }
}

function bodyOf(route: HttpRoute, source: SchemaSource, registry: SchemaRegistry): RequestBody | undefined {
  const rest = withoutMembers(source.document ?? {}, route.parameters, source)
  const members = membersOf(rest, source)
  const schema = registry.place(rest, source)
  if (members === undefined) return { required: true, content: json(schema) }
  if (members.byName.size === 0 && !members.open) return undefined
  return { required: [...members.byName.values()].some(({ required }) => required), content: json(schema) }
}

/** One row on each line: OpenAPI describes the row. */
function rows(schema: JsonSchemaNode = anything): RequestBody {
  return { required: true, content: { 'application/x-ndjson': { schema } } }
}

function json(schema: JsonSchemaNode): RequestBody['content'] {
  return { 'application/json': { schema } }
}

function described(schema: JsonSchemaNode): { description?: string } {
  const description = isObject(schema) ? schema['description'] : undefined
  return typeof description === 'string' ? { description } : {}
}
