import { formatDuration } from '../../kernel/duration.ts'
import { addHeaders, type HeaderValues } from './headers.ts'
import { invalidOption } from './invalid-option.ts'
import type { CommandTerms } from './options.ts'

export type HeaderSource = HeaderValues | (() => HeaderValues | Promise<HeaderValues>) | undefined

export interface RequestFacts {
  readonly operation: string
  readonly source: HeaderSource
  readonly terms: CommandTerms
  readonly tokens: readonly string[]
  /** `undefined`: there is no body. */
  readonly bodyType: string | undefined
  /** Milliseconds left when the request goes out, where the server is to know. */
  readonly remaining: (() => number) | undefined
}

/** The headers of one attempt. The client's come first, then the call's, then those that have options of their own. */
export async function requestHeaders(facts: RequestFacts): Promise<Record<string, string>> {
  const { operation, source, terms } = facts
  const headers: Record<string, string> = { accept: 'application/json' }
  addHeaders(headers, (typeof source === 'function' ? await source() : source) ?? {}, operation)
  addHeaders(headers, terms.headers ?? {}, operation)
  addHeaders(headers, ownHeaders(facts), operation)
  return headers
}

function ownHeaders({ terms, tokens, bodyType, remaining, operation }: RequestFacts): HeaderValues {
  const { ifMatch, idempotencyKey, traceparent } = terms
  return {
    ...(bodyType !== undefined && { 'content-type': bodyType }),
    ...(ifMatch !== undefined && { 'if-match': ifMatch }),
    ...(idempotencyKey !== undefined && { 'idempotency-key': keyText(idempotencyKey, operation) }),
    ...(tokens.length > 0 && { 'fulcrum-token': tokens.join(', ') }),
    ...(traceparent !== undefined && { traceparent }),
    ...(remaining !== undefined && {
      'fulcrum-deadline': leftOf(remaining()),
    }),
  }
}

/** A string of structured fields (RFC 9651, 3.3.3), as the Idempotency-Key draft asks for. */
function keyText(key: string, operation: string): string {
  if (!/^[\x20-\x7e]{1,255}$/.test(key)) {
    throw invalidOption({
      field: 'idempotencyKey',
      found: key,
      allowed: '1 to 255 ASCII characters',
      operation,
    })
  }
  return `"${key.replace(/[\\"]/g, String.raw`\$&`)}"`
}

/** Rounded down, so that the server never believes in more than there is. */
function leftOf(ms: number): string {
  return formatDuration(Math.max(1, Math.floor(ms)))
}
