import { fulcrumError } from '../../../kernel/errors/fulcrum-error.ts'
import type { RequestHead } from '../head.ts'
import { isJson } from '../media-type.ts'
import type { WireBody, WireRequest } from '../wire.ts'
import { checkParsed, parseJson } from './json.ts'

/** The JSON body of a request; `undefined` when it has none. */
export function readBody(wire: WireRequest, head: RequestHead, limit: number): unknown {
  const body = wire.body(limit)
  return body instanceof Promise ? body.then((read) => decodeBody(read, head)) : decodeBody(body, head)
}

function decodeBody(body: WireBody, head: RequestHead): unknown {
  if (body === undefined) return undefined
  if (!(body instanceof Uint8Array)) {
    requireJson(head)
    return checkParsed(body.parsed)
  }
  // Clients that always send a Content-Type send it with nothing as well.
  if (body.byteLength === 0) return undefined
  requireJson(head)
  return parseJson(body)
}

/** RFC 9110, 15.5.16: 415 for an unsupported type as well as for an unsupported coding. */
function requireJson({ contentType, contentEncoding }: RequestHead): void {
  if (contentEncoding !== undefined && contentEncoding.trim().toLowerCase() !== 'identity') {
    throw unsupported(`encoded with ${contentEncoding}`, 'identity')
  }
  if (contentType === undefined) throw unsupported('of no stated type', SUPPORTED)
  if (!isJson(contentType)) throw unsupported(contentType, SUPPORTED)
}

const SUPPORTED = 'application/json and types that end in +json, in UTF-8'

function unsupported(found: string, allowed: string): Error {
  return fulcrumError('FUL-2006', { found, allowed })
}
