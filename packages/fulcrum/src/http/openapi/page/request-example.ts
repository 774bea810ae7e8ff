import type { OpenApiDocument } from '../document.ts'
import { bodyContent, type Parameter } from '../input-parts.ts'
import { exampleOf } from './example.ts'
import { type PageOperation, parametersOf } from './reader.ts'

/** A request that could be sent. */
export interface RequestExample {
  readonly method: string
  /** With the query string. */
  readonly target: string
  readonly headers: readonly (readonly [name: string, value: string])[]
  /** Indented JSON. */
  readonly body: string | undefined
}

/** A request with everything that an operation requires and nothing else. */
export function requestExample(
  { method, path, operation }: PageOperation,
  document: OpenApiDocument,
): RequestExample {
  const required = parametersOf(document, operation).filter((parameter) => parameter.required === true)
  const values = required.map((parameter) => [parameter, parameterExample(parameter, document)] as const)
  const found = (place: Parameter['in']): [string, string][] =>
    values.filter(([parameter]) => parameter.in === place).map(([{ name }, value]) => [name, value])
  const encoded = new Map(found('path').map(([name, value]) => [`{${name}}`, encodeURIComponent(value)]))
  const filled = path.replace(/\{[^}]+\}/g, (name) => encoded.get(name) ?? name)
  const query = new URLSearchParams(found('query')).toString()
  const sent = operation.requestBody && bodyContent(operation.requestBody)
  const body = bodyExample(sent, document)
  return {
    method: method.toUpperCase(),
    target: query === '' ? filled : `${filled}?${query}`,
    headers: [...found('header'), ...(sent === undefined ? [] : [['Content-Type', sent.type] as const])],
    body,
  }
}

/** What a parameter could be, as text. */
export function parameterExample({ name, schema }: Parameter, document: OpenApiDocument): string {
  if (name === 'If-Match') return '"1"'
  const value = exampleOf(schema, document)
  const text: unknown = Array.isArray(value) ? value[0] : value
  return typeof text === 'string' ? text : typeof text === 'object' ? '' : (JSON.stringify(text) ?? '')
}

/** What a body could be, as indented JSON; one of rows, as one of them. */
export function bodyExample(
  sent: ReturnType<typeof bodyContent> | undefined,
  document: OpenApiDocument,
): string | undefined {
  if (sent === undefined) return undefined
  const example = exampleOf(sent.schema, document) ?? {}
  return JSON.stringify(example, undefined, sent.type === 'application/json' ? 2 : undefined)
}

/** As a command line of curl for POSIX shells. `origin` is put in front of the path. */
export function curlOf({ method, target, headers, body }: RequestExample, origin: string): string {
  const lines = [
    `curl${method === 'GET' ? '' : ` -X ${method}`} ${quoted(`${origin}${target}`)}`,
    ...headers.map(([name, value]) => `-H ${quoted(`${name}: ${value}`)}`),
    ...(body === undefined ? [] : [`-d ${quoted(body)}`]),
  ]
  return lines.join(' \\\n  ')
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`
}
