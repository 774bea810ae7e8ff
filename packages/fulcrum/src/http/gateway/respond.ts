import type { Source } from '../../kernel/observer.ts'
import { SOURCES } from '../../kernel/observer.ts'
import type { WireResponse } from './wire.ts'

const JSON_TYPE = 'application/json; charset=utf-8'

/** What an operation answered, for its response. */
export interface Answer {
  readonly requestId: string
  readonly status: number
  readonly body: string | undefined
  /** Index into `SOURCES`. */
  readonly source: number
  /** Quoted. */
  readonly entityTag: string | undefined
  /** Milliseconds left of the call's budget. */
  readonly remaining: number
}

/** Values of `Fulcrum-Source` by index; nothing served what `none` served. */
const SOURCE_HEADERS: readonly (Source | undefined)[] = SOURCES.map((source) =>
  source === 'none' ? undefined : source,
)

/** The response of a successful call. Answers belong to one caller at one moment: nobody keeps them unless the contract says so. */
export function success(answer: Answer): WireResponse {
  const { body, entityTag, remaining } = answer
  const headers = safeHeaders(answer.requestId)
  const source = SOURCE_HEADERS[answer.source]
  if (body !== undefined) headers.push('content-type', JSON_TYPE)
  if (source !== undefined) headers.push('fulcrum-source', source)
  if (entityTag !== undefined) headers.push('etag', entityTag)
  if (remaining !== Infinity) headers.push('fulcrum-deadline', `${Math.round(remaining)}ms`)
  // An operation without an output may still say 202; one that has an output and gave none says so with 204.
  return { status: body === undefined && answer.status === 200 ? 204 : answer.status, headers, body }
}

/** What goes with every response of an operation: no sniffing of types, no storing, no leaking of the URL. */
export function safeHeaders(requestId: string): string[] {
  return [
    'x-request-id',
    requestId,
    'cache-control',
    'no-store',
    'x-content-type-options',
    'nosniff',
    'referrer-policy',
    'no-referrer',
  ]
}
