import type { IncomingMessage, ServerResponse } from 'node:http'
import { fulcrumError } from '../../kernel/errors/fulcrum-error.ts'
import { gatewayOf, type GatewaySource } from '../gateway/gateway.ts'
import type { Mount } from '../gateway/mount.ts'
import type { WireBody, WireResponse } from '../gateway/wire.ts'
import { NodeWire, writeBesideOthers } from './node-wire.ts'

export interface NodeHandlerOptions {
  /** `'problem'` answers errors with a problem document, `'next'` hands them to the application's error handler. Default `'problem'`. */
  readonly onError?: 'problem' | 'next'
  /** `'next'` leaves requests that no route matches to the application, `'problem'` answers them with 404 or 405. Default `'next'`. */
  readonly onUnmatched?: 'problem' | 'next'
  /** Whether `/healthz`, `/readyz`, `/metrics`, `/openapi.json` and `/docs` are answered. Default: with `onUnmatched: 'problem'`. */
  readonly system?: boolean
}

type Next = (error?: unknown) => void

/** A request handler of `node:http`, and middleware of Express, Nest and Connect. */
export type NodeHandler = (request: IncomingMessage, response: ServerResponse, next?: Next) => void

/**
 * The operations as a handler of `node:http` or as middleware:
 *
 * ```ts
 * express().use(express.json()).use(toNodeHandler(app))
 * createServer(toNodeHandler(app, { onUnmatched: 'problem' }))
 * ```
 *
 * What the application's own middleware has left on the request is there for the principal resolver (`request.raw`), and a body that it has parsed is used.
 */
export function toNodeHandler(source: GatewaySource, options: NodeHandlerOptions = {}): NodeHandler {
  const { onError = 'problem', onUnmatched = 'next', system = onUnmatched === 'problem' } = options
  const mount = gatewayOf(source).mount({ system })
  return (request, response, next) => {
    const wire = new MiddlewareWire(request, request)
    const answer = mount.answer(wire)
    if (answer === undefined && onUnmatched === 'next' && next !== undefined) return next()
    void respond(response, answer ?? mount.refuse(wire), onError === 'next' ? next : undefined)
  }
}

async function respond(
  response: ServerResponse,
  answer: ReturnType<Mount['answer']>,
  next: Next | undefined,
): Promise<void> {
  const settled = (await answer) as WireResponse
  if (settled.error === undefined || next === undefined) writeBesideOthers(response, settled)
  else if (!response.destroyed) next(settled.error)
}

class MiddlewareWire extends NodeWire {
  #isStreamed = false

  /** The body as middleware has left it: parsed, as text or bytes, or not yet read. */
  override body(limit: number): WireBody | Promise<WireBody> {
    const { body } = this.request as { readonly body?: unknown }
    // Some parsers leave an empty object on requests that they have not touched.
    if (!this.request.readableDidRead) return super.body(limit)
    if (body instanceof Uint8Array) return body
    if (typeof body === 'string') return Buffer.from(body)
    if (body !== undefined) return { parsed: body }
    throw fulcrumError('FUL-7002', {})
  }

  override stream(): AsyncIterable<Uint8Array> {
    if (!this.#isStreamed && this.request.readableDidRead) throw fulcrumError('FUL-7002', {})
    this.#isStreamed = true
    return super.stream()
  }
}
