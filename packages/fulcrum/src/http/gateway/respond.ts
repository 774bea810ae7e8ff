import type { Call } from '../../enforce/runtime/call.ts'
import type { Source } from '../../kernel/observer.ts'
import { SOURCES } from '../../kernel/observer.ts'
import { ageInSeconds, NO_STORE } from './caching/cache-control.ts'
import type { WireResponse } from './wire.ts'

const JSON_TYPE = 'application/json; charset=utf-8'

/** What an operation answered, for its response. */
export interface Answer {
  readonly requestId: string
  readonly status: number
  readonly body: string | undefined
  /** What served it. */
  readonly call: Call
  /** Quoted. */
  readonly entityTag: string | undefined
  readonly cacheControl: string
  /** The request headers that selected the answer; `undefined` where none did, or nobody keeps it. */
  readonly vary: string | undefined
  /** Headers that hand the caller's session back; names and values. */
  readonly session: readonly string[]
}

/** Values of `Fulcrum-Source` by index; nothing served what `none` served. */
const SOURCE_HEADERS: readonly (Source | undefined)[] = SOURCES.map((source) =>
  source === 'none' ? undefined : source,
)
const LOCAL = SOURCES.indexOf('local')

/** The response of a successful call. */
export function success(answer: Answer): WireResponse {
  const { body, status } = answer
  const headers = headersOf(answer)
  if (body !== undefined) headers.push('content-type', JSON_TYPE)
  // An operation without an output may still say 202; one that has an output and gave none says so with 204.
  return { status: body === undefined && status === 200 ? 204 : status, headers, body }
}

/** The response to a caller that has the answer already: the same headers without the body and what describes it (RFC 9110, 15.4.5). */
export function notModified(answer: Answer): WireResponse {
  return { status: 304, headers: headersOf(answer), body: undefined }
}

/** As the IETF draft on `Idempotency-Key` leaves it to servers, and as they have come to say it. */
const REPLAYED = ['idempotent-replay', 'true'] as const

/** A response that an earlier call was given. */
export function replayed(response: WireResponse): WireResponse {
  return { ...response, headers: [...response.headers, ...REPLAYED] }
}

function headersOf({ requestId, call, entityTag, cacheControl, vary, session }: Answer): string[] {
  const headers = safeHeaders(requestId, cacheControl)
  const source = SOURCE_HEADERS[call.source]
  if (source !== undefined) headers.push('fulcrum-source', source)
  if (entityTag !== undefined) headers.push('etag', entityTag)
  if (vary !== undefined) headers.push('vary', vary)
  if (call.age > 0 || call.source >= LOCAL) headers.push('age', String(ageInSeconds(call)))
  if (call.staleBy > 0) headers.push('fulcrum-stale', String(Math.ceil(call.staleBy / 1000)))
  if (call.replayed) headers.push(...REPLAYED)
  if (call.degraded !== undefined) headers.push('fulcrum-degraded', call.degraded)
  const remaining = call.deadline.remaining()
  if (remaining !== Infinity) headers.push('fulcrum-deadline', `${Math.round(remaining)}ms`)
  if (session.length > 0) headers.push(...session)
  return headers
}

/** What goes with every response of an operation: no sniffing of types, no storing unless the contract says so, no leaking of the URL. */
export function safeHeaders(requestId: string, cacheControl: string = NO_STORE): string[] {
  return [
    'x-request-id',
    requestId,
    'cache-control',
    cacheControl,
    'x-content-type-options',
    'nosniff',
    'referrer-policy',
    'no-referrer',
  ]
}
