import type { ErrorDeclaration } from '../../declare/error.ts'
import type { ErrorRow } from '../../kernel/errors/row.ts'
import { ERRORS, type ErrorCode } from '../../kernel/errors/table.ts'
import { fromEntries, type JsonSchemaNode } from './json-schema.ts'
import { type SchemaRegistry, schemaReference } from './schema-registry.ts'
import type { SchemaSource } from './schema-source.ts'

/** The component that every error is a case of. */
export const PROBLEM = 'Problem'

const text = (description: string): JsonSchemaNode => ({ type: 'string', description })

/** RFC 9457, with the members that Fulcrum adds. */
export const PROBLEM_SCHEMA: JsonSchemaNode = {
  type: 'object',
  description: 'A problem document (RFC 9457).',
  required: ['type', 'title', 'status', 'detail', 'code'],
  properties: {
    type: { type: 'string', format: 'uri-reference', description: 'What kind of problem it is.' },
    title: text('What kind of problem it is, for people.'),
    status: { type: 'integer', minimum: 400, maximum: 599, description: 'The HTTP status.' },
    detail: text('What happened this time.'),
    instance: text('Identifies this occurrence, by the id of the request.'),
    code: text('What kind of problem it is, for programs.'),
    operation: text('The operation that failed.'),
    traceId: text('The W3C trace that the request belongs to, where it came with one.'),
  },
}

/** Extension members of problem documents, by name. */
const EXTENSIONS: Readonly<Record<string, JsonSchemaNode>> = {
  issues: {
    type: 'array',
    description: 'Every problem of the input.',
    items: {
      type: 'object',
      required: ['path', 'message'],
      properties: {
        path: text('Where it is; keys joined with dots: `lines.0.quantity`.'),
        message: text('What is wrong there.'),
        in: { enum: ['path', 'query', 'body'], description: 'The part of the request that it came from.' },
      },
    },
  },
  allow: { type: 'array', description: 'The methods that the resource supports.', items: { type: 'string' } },
}

/** The schema of one of Fulcrum's own errors; the component is named after its code. */
export function ownErrorSchema(code: ErrorCode): JsonSchemaNode {
  const { title, status, cause, carries = [] }: ErrorRow = ERRORS[code]
  const carried = carries.map((name) => [name, EXTENSIONS[name] as JsonSchemaNode] as const)
  return problemCase({ code, status, title, description: cause, members: carried })
}

/** The schema of a declared error; the component is named after it. */
export function declaredErrorSchema(
  { name, status, title }: ErrorDeclaration,
  source: SchemaSource | undefined,
  registry: SchemaRegistry,
): JsonSchemaNode {
  const data = source === undefined ? [] : [['data', dataSchema(source, registry)] as const]
  return problemCase({ code: name, status, title, description: `${title}.`, members: data })
}

function dataSchema(source: SchemaSource, registry: SchemaRegistry): JsonSchemaNode {
  const { document } = source
  const inexpressible = { description: 'The schema of this data cannot be expressed as JSON Schema.' }
  return document === undefined ? inexpressible : registry.place(document, source)
}

interface Case {
  readonly code: string
  readonly status: number
  readonly title: string
  readonly description: string
  /** What it has besides the members of every problem, always. */
  readonly members: readonly (readonly [string, JsonSchemaNode])[]
}

function problemCase({ code, status, title, description, members }: Case): JsonSchemaNode {
  return {
    title,
    description,
    type: 'object',
    allOf: [{ $ref: schemaReference(PROBLEM) }],
    required: ['code', 'status', ...members.map(([name]) => name)],
    properties: fromEntries([['code', { const: code }], ['status', { const: status }], ...members]),
  }
}
