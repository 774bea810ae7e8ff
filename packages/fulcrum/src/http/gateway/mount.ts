import { fulcrumError } from '../../kernel/errors/fulcrum-error.ts'
import type { Cors } from './cors.ts'
import type { GatewayRoute } from './gateway-route.ts'
import { readHead } from './head.ts'
import { answerError, type GatewayParts } from './parts.ts'
import { safeHeaders } from './respond.ts'
import { createRouter, type Router } from './router.ts'
import { parseTraceparent } from '../../kernel/traceparent.ts'
import type { WireRequest, WireResponse } from './wire.ts'

/** Some routes of a gateway with a router, for servers that have none. */
export class Mount {
  readonly #router: Router
  readonly #parts: GatewayParts
  readonly #cors: Cors | undefined

  constructor(routes: readonly GatewayRoute[], parts: GatewayParts, cors: Cors | undefined) {
    this.#router = createRouter(routes)
    this.#parts = parts
    this.#cors = cors
  }

  /** Answers a request that one of the routes matches; `undefined` when none does. */
  answer(wire: WireRequest): WireResponse | Promise<WireResponse> | undefined {
    const found = this.#router.find(wire.method, wire.path)
    if (found !== undefined) return found.route.answer(wire, found.params)
    return this.#cors !== undefined && isPreflight(wire) ? this.#preflight(wire) : undefined
  }

  /** Answers a request that no route matches: the path is malformed, has other methods, or does not exist. */
  refuse(wire: WireRequest): WireResponse {
    const { method, path } = wire
    const allow = this.#allow(path)
    if (method === 'OPTIONS' && allow.length > 0) return this.options(wire, path)
    return this.fail(this.#refusal(method, path, allow), wire)
  }

  /** Answers an error that happened before a route was found. */
  fail(error: unknown, wire: WireRequest): WireResponse {
    const head = readHead(wire.rawHeaders)
    const id = this.#parts.ids.of(head.requestId)
    const traceId = parseTraceparent(head.traceparent)?.traceId
    const response = answerError(error, { requestId: id, traceId }, this.#parts.log)
    return this.#cors === undefined ? response : this.#cors.apply(response, head.origin)
  }

  #refusal(method: string, path: string, allow: readonly string[]): Error {
    if (allow.length > 0) return fulcrumError('FUL-2003', { method, path, allow })
    if (this.#router.isMalformed(path)) {
      return fulcrumError('FUL-2007', { part: 'path', reason: 'it is not percent-encoded UTF-8' })
    }
    return fulcrumError('FUL-2002', { method, path })
  }

  #allow(path: string): readonly string[] {
    const methods = this.#router.methods(path)
    return methods.length === 0 ? methods : [...methods, 'OPTIONS']
  }

  #preflight(wire: WireRequest): WireResponse | undefined {
    return this.#router.methods(wire.path).length === 0 ? undefined : this.options(wire, wire.path)
  }

  /** Answers `OPTIONS` (RFC 9110, 9.3.7) for a path or the path of a route, the preflight of the CORS protocol included. */
  options(wire: WireRequest, path: string): WireResponse {
    const allow = this.#allow(path)
    const head = readHead(wire.rawHeaders)
    const headers = [...safeHeaders(this.#parts.ids.of(head.requestId)), 'allow', allow.join(', ')]
    if (this.#cors === undefined) return { status: 204, headers, body: undefined }
    const granted = isPreflight(wire) ? this.#cors.preflight(allow) : []
    return this.#cors.apply({ status: 204, headers: [...headers, ...granted], body: undefined }, head.origin)
  }
}

function isPreflight(wire: WireRequest): boolean {
  return (
    wire.method === 'OPTIONS' &&
    wire.header('origin') !== undefined &&
    wire.header('access-control-request-method') !== undefined
  )
}
