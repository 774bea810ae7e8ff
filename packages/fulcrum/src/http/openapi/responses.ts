import type { AnyOperation } from '../../declare/operation.ts'
import type { ErrorDeclaration } from '../../declare/error.ts'
import { PROBLEM_MEDIA_TYPE } from '../../kernel/errors/problem.ts'
import { ERRORS, type ErrorCode } from '../../kernel/errors/table.ts'
import { answeringStages, type Plan, stageOf } from '../../plan/plan.ts'
import { legalName } from './component-names.ts'
import { CONSISTENCY_HEADERS, type ConsistencyFacts } from './consistency.ts'
import { fromEntries, type JsonSchemaNode } from './json-schema.ts'
import { PROBLEM } from './problem-schemas.ts'
import { type SchemaRegistry, schemaReference } from './schema-registry.ts'
import { errorsOf, type SchemaSource } from './schema-source.ts'

export interface Reference {
  readonly $ref: string
}

export interface Header {
  readonly description: string
  readonly schema: JsonSchemaNode
}

export interface Response {
  readonly description: string
  readonly headers?: Readonly<Record<string, Reference>>
  readonly content?: Content
}

/** Schemas by media type. */
export type Content = Readonly<Record<string, { readonly schema: JsonSchemaNode }>>

/** Headers of answers, as components. */
export const RESPONSE_HEADERS: Readonly<Record<string, Header>> = {
  'Fulcrum-Source': {
    description: 'What served the answer.',
    schema: { type: 'string', enum: ['primary', 'replica', 'local', 'shared'] },
  },
  'Fulcrum-Deadline': {
    description: 'What was left of the deadline when the answer was ready, such as `180ms`.',
    schema: { type: 'string' },
  },
  'Idempotent-Replay': {
    description: '`true` where the answer is that of an earlier call with the same key.',
    schema: { type: 'boolean' },
  },
  ETag: {
    description:
      'What tells this answer from others (RFC 9110, 8.8.3): its declared version, to be sent back in `If-Match`, or else a hash of it.',
    schema: { type: 'string' },
  },
  'X-Request-Id': {
    description: 'The id of the request: that of the caller where it sent one, otherwise a new one.',
    schema: { type: 'string' },
  },
  'Retry-After': {
    description: 'Seconds after which trying again makes sense (RFC 9110, 10.2.3).',
    schema: { type: 'integer', minimum: 0 },
  },
  ...CONSISTENCY_HEADERS,
}

export interface ResponsesInput {
  readonly operation: AnyOperation
  readonly plan: Plan
  readonly output: SchemaSource | undefined
  readonly takesBody: boolean
  readonly consistency: ConsistencyFacts
}

/** Every answer that an operation may give: success, its declared errors and those that any operation may run into. */
export function responsesOf(
  input: ResponsesInput,
  registry: SchemaRegistry,
): Readonly<Record<string, Response>> {
  const { operation } = input
  const errors = [...errorsOf(operation).map(declared), ...commonErrors(input).map(own)]
  const byStatus = Map.groupBy(errors, ({ status }) => status)
  const failures = [...byStatus].map(([status, cases]) => [String(status), failure(cases)] as const)
  return {
    ...fromEntries([
      [String(operation.status), success(input, registry)] as const,
      ...notModified(input),
      ...failures,
    ]),
    default: { description: 'Any other failure.', content: problem({ $ref: schemaReference(PROBLEM) }) },
  }
}

/** The codes of Fulcrum's own errors that an operation may answer with, beside the unexpected. */
export function commonErrors({
  operation,
  plan,
  takesBody,
  consistency,
}: Omit<ResponsesInput, 'output'>): readonly ErrorCode[] {
  const stages = answeringStages(plan)
  const has = (name: string): boolean => stages.some(({ stage }) => stage === name)
  const ifMatch = plan.stages.find((stage) => stage.stage === 'precondition')?.ifMatch ?? false
  const cases: readonly (readonly [boolean, readonly ErrorCode[]])[] = [
    [operation.input !== undefined, ['FUL-2001']],
    [true, ['FUL-2007', 'FUL-2004']],
    [ifMatch !== false, ['FUL-2008']],
    [stageOf(plan, 'idempotency')?.key === 'header', ['FUL-2014']],
    [has('idempotency'), ['FUL-2015', 'FUL-2016']],
    [takesBody, ['FUL-2005', 'FUL-2006']],
    [ifMatch === true, ['FUL-2009']],
    [has('route') || has('transaction'), ['FUL-3002', 'FUL-3005']],
    [has('retry'), ['FUL-3004']],
    [has('batch'), ['FUL-3040']],
    [true, ['FUL-3003']],
    [hasDeadline(plan), ['FUL-3001']],
    [true, consistency.errors],
  ]
  return cases.flatMap(([applies, codes]) => (applies ? codes : []))
}

interface ErrorCase {
  readonly code: string
  readonly status: number
  readonly title: string
  readonly retryable: boolean
}

function declared({ name, status, title }: ErrorDeclaration): ErrorCase {
  return { code: name, status, title, retryable: false }
}

function own(code: ErrorCode): ErrorCase {
  const row: { readonly status: number; readonly title: string; readonly retryAfter?: number } = ERRORS[code]
  return { code, status: row.status, title: row.title, retryable: row.retryAfter !== undefined }
}

function failure(cases: readonly ErrorCase[]): Response {
  const codes = [...new Map(cases.map((each) => [each.code, each])).values()]
  const names = codes.some(({ retryable }) => retryable) ? ['X-Request-Id', 'Retry-After'] : ['X-Request-Id']
  return {
    description: `${codes.map(({ title, code }) => `${title} (\`${code}\`)`).join('; ')}.`,
    headers: headers(names),
    content: problem(oneOf(codes.map(({ code }) => code))),
  }
}

function oneOf(codes: readonly string[]): JsonSchemaNode {
  const references = codes.map((code) => [code, schemaReference(legalName(code))] as const)
  const [only, ...others] = references
  if (only !== undefined && others.length === 0) return { $ref: only[1] }
  return {
    oneOf: references.map(([, $ref]) => ({ $ref })),
    discriminator: { propertyName: 'code', mapping: fromEntries(references) },
  }
}

function problem(schema: JsonSchemaNode): Content {
  return { [PROBLEM_MEDIA_TYPE]: { schema } }
}

function success(input: ResponsesInput, registry: SchemaRegistry): Response {
  const { operation, output, plan } = input
  const isAccepted = stageOf(plan, 'batch')?.acknowledge === 'accepted'
  const content = operation.status === 204 ? undefined : outputContent(output, registry)
  return {
    description: isAccepted
      ? 'Accepted: it will be carried out.'
      : output === undefined
        ? 'Done.'
        : 'The answer.',
    headers: headers(answerHeaders(input)),
    ...(content !== undefined && { content }),
  }
}

/** With the headers that the answer would have, and without the answer (RFC 9110, 15.4.5). */
function notModified(input: ResponsesInput): readonly (readonly [string, Response])[] {
  if (!input.consistency.isConditional) return []
  const description = 'What the caller has is current: its `If-None-Match` names the `ETag` of the answer.'
  return [['304', { description, headers: headers(answerHeaders(input)) }]]
}

function answerHeaders({ operation, plan, consistency }: ResponsesInput): readonly string[] {
  const stages = answeringStages(plan)
  const has = (name: string): boolean => stages.some(({ stage }) => stage === name)
  const names: readonly (readonly [string, boolean])[] = [
    ['X-Request-Id', true],
    ['Fulcrum-Source', has('route') || has('transaction') || has('fill')],
    ['ETag', operation.version !== undefined || consistency.isConditional],
    ['Idempotent-Replay', has('idempotency')],
    ['Fulcrum-Deadline', hasDeadline(plan)],
  ]
  return [...names.flatMap(([name, applies]) => (applies ? [name] : [])), ...consistency.headers]
}

function hasDeadline({ stages }: Plan): boolean {
  return stages.some((stage) => stage.stage === 'deadline' && stage.overHttp !== undefined)
}

function outputContent(output: SchemaSource | undefined, registry: SchemaRegistry): Content | undefined {
  if (output === undefined) return undefined
  const { document } = output
  const inexpressible = { description: 'The schema of this answer cannot be expressed as JSON Schema.' }
  const schema = document === undefined ? inexpressible : registry.place(document, output)
  return { 'application/json': { schema } }
}

function headers(names: readonly string[]): Readonly<Record<string, Reference>> {
  return Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]))
}
