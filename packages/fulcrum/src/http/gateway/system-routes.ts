import type { GatewayRoute } from './gateway-route.ts'
import { readHead } from './head.ts'
import { answerError, type GatewayParts } from './parts.ts'
import { type Readiness, renderReadiness } from './readiness.ts'
import { safeHeaders } from './respond.ts'
import type { WireRequest, WireResponse } from './wire.ts'

/** The API document, as `/openapi.json` and as the page `/docs`. */
export interface ApiDocument {
  readonly json: string
  readonly html: string
  /** What the page may load and run: its own style and script, named by their hashes, and nothing that got into it otherwise. */
  readonly contentSecurityPolicy: string
}

export interface SystemRouteOptions {
  readonly ready: () => Readiness
  /** In the Prometheus text format. */
  readonly metrics: () => string
  /** Asked once, when somebody wants to see it. */
  readonly openapi?: (() => ApiDocument) | undefined
}

interface Page {
  readonly type: string
  readonly body: string
  readonly status?: number
  readonly headers?: readonly string[]
}

/** The routes of Fulcrum itself, for orchestrators, monitoring and developers. */
export function systemRoutes(options: SystemRouteOptions, parts: GatewayParts): readonly GatewayRoute[] {
  const document = once(options.openapi)
  const route = (path: string, page: () => Page): GatewayRoute => {
    return { method: 'GET', path, operation: undefined, answer: (wire) => answerPage(wire, page, parts) }
  }
  const own = [
    route('/healthz', () => ({ type: JSON_TYPE, body: '{"alive":true}' })),
    route('/readyz', () => readinessPage(options.ready())),
    route('/metrics', () => ({ type: 'text/plain; version=0.0.4; charset=utf-8', body: options.metrics() })),
  ]
  if (document === undefined) return own
  return [
    ...own,
    route('/openapi.json', () => ({ type: JSON_TYPE, body: document().json })),
    route('/docs', () => docsPage(document())),
  ]
}

const JSON_TYPE = 'application/json; charset=utf-8'

/** 503 keeps load balancers away while the application starts and stops. */
function readinessPage(readiness: Readiness): Page {
  return { type: JSON_TYPE, body: renderReadiness(readiness), status: readiness.ready ? 200 : 503 }
}

function docsPage({ html, contentSecurityPolicy }: ApiDocument): Page {
  const headers = ['content-security-policy', contentSecurityPolicy]
  return { type: 'text/html; charset=utf-8', body: html, headers }
}

function answerPage(wire: WireRequest, page: () => Page, { ids, log }: GatewayParts): WireResponse {
  const id = ids.of(readHead(wire.rawHeaders).requestId)
  try {
    const { type, body, status = 200, headers = [] } = page()
    return { status, headers: [...safeHeaders(id), 'content-type', type, ...headers], body }
  } catch (error) {
    return answerError(error, { requestId: id }, log)
  }
}

function once<T>(make: (() => T) | undefined): (() => T) | undefined {
  if (make === undefined) return undefined
  let made: T | undefined
  return () => (made ??= make())
}
