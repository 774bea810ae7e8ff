import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Readable } from 'node:stream'
import { fulcrumError } from '../../kernel/errors/fulcrum-error.ts'
import { gatewayOf, type GatewaySource } from '../gateway/gateway.ts'
import type { GatewayRoute } from '../gateway/gateway-route.ts'
import type { Mount } from '../gateway/mount.ts'
import type { PathParameters, WireBody, WireResponse } from '../gateway/wire.ts'
import { declaredLength, NodeWire } from './node-wire.ts'
import { chunksOf } from './chunks.ts'
import { readStream } from './read-stream.ts'

// What is used of Fastify, spelled out: its own types would be needed by everybody who imports this entry point, Fastify or not.

export interface FastifyRequestLike {
  readonly raw: IncomingMessage
  readonly params: unknown
  readonly body?: unknown
  /** Whether no route matches it. */
  readonly is404: boolean
}

export interface FastifyReplyLike {
  readonly raw: ServerResponse
  code(status: number): unknown
  header(name: string, value: string): unknown
  getHeader(name: string): unknown
  serializer(serialise: (payload: string) => string): unknown
  send(payload?: unknown): unknown
}

export interface FastifyRouteLike {
  method: string[]
  url: string
  exposeHeadRoute: boolean
  handler(request: FastifyRequestLike, reply: FastifyReplyLike): void
}

export interface FastifyLike {
  route(options: FastifyRouteLike): unknown
  removeAllContentTypeParsers(): unknown
  addContentTypeParser(
    type: string,
    parser: (
      request: FastifyRequestLike,
      payload: IncomingMessage,
      done: (error: Error | null, body?: unknown) => void,
    ) => void,
  ): unknown
  setErrorHandler(
    handler: (error: Error, request: FastifyRequestLike, reply: FastifyReplyLike) => void,
  ): unknown
}

export interface FastifyPluginOptions {
  /** Whether `/healthz`, `/readyz`, `/metrics`, `/openapi.json` and `/docs` are routes too. Default `false`: an application has its own. */
  readonly system?: boolean
}

/** For `fastify.register`. */
export type FastifyPlugin = (instance: FastifyLike, options: object, done: (error?: Error) => void) => void

/** Writes a response. */
export type Write = (reply: FastifyReplyLike, response: WireResponse) => void

/**
 * The operations as a Fastify plugin, routed by Fastify itself:
 *
 * ```ts
 * await fastify.register(fastifyPlugin(app), { prefix: '/api' })
 * ```
 *
 * The application's hooks and decorators apply to them; body parsing and error handling are the operations' own and stay inside.
 */
export function fastifyPlugin(source: GatewaySource, options: FastifyPluginOptions = {}): FastifyPlugin {
  const gateway = gatewayOf(source)
  const { system = false } = options
  const mount = gateway.mount({ system })
  return (instance, _, done) => {
    leaveBodies(instance)
    leaveErrors(instance, mount)
    const routes = gateway.routes.filter(({ operation }) => system || operation !== undefined)
    for (const route of routes) addRoute(instance, route, sendBesideOthers)
    if (gateway.hasPreflights) addPreflights(instance, routes, mount)
    done()
  }
}

/** Bodies stay streams, which the gateway reads as it does on every server. */
export function leaveBodies(instance: FastifyLike): void {
  instance.removeAllContentTypeParsers()
  instance.addContentTypeParser('*', (_, payload, done) => done(null, payload))
}

/** What hooks of the application throw is the application's; its error handler is the next one. */
function leaveErrors(instance: FastifyLike, mount: Mount): void {
  instance.setErrorHandler((error, request, reply) => {
    const translated = translate(error, request)
    if (translated === error) throw error
    sendBesideOthers(reply, mount.fail(translated, new FastifyWire(request)))
  })
}

export function addRoute(instance: FastifyLike, route: GatewayRoute, write: Write): void {
  const handler: FastifyRouteLike['handler'] = (request, reply) => void respond(route, request, reply, write)
  const method = route.method === 'GET' ? ['GET', 'HEAD'] : [route.method]
  instance.route({ method, url: route.path, exposeHeadRoute: false, handler })
}

/** One per path, whatever methods it has. */
function addPreflights(instance: FastifyLike, routes: readonly GatewayRoute[], mount: Mount): void {
  for (const [shape, url] of new Map(routes.map(({ path }) => [path.replace(/:\w+/g, ':'), path]))) {
    const handler: FastifyRouteLike['handler'] = (request, reply) =>
      sendBesideOthers(reply, mount.options(new FastifyWire(request), shape))
    instance.route({ method: ['OPTIONS'], url, exposeHeadRoute: false, handler })
  }
}

// eslint-disable-next-line max-params -- an options object per request would be built for nothing else
async function respond(
  route: GatewayRoute,
  request: FastifyRequestLike,
  reply: FastifyReplyLike,
  write: Write,
): Promise<void> {
  write(reply, await route.answer(new FastifyWire(request), request.params as PathParameters))
}

/** Through Fastify, for the sake of the application's `onSend` hooks. */
function sendBesideOthers(reply: FastifyReplyLike, { status, headers, body, close }: WireResponse): void {
  if (reply.raw.destroyed || reply.raw.headersSent) return
  reply.code(status)
  for (let index = 0; index < headers.length; index += 2) {
    const name = headers[index] as string
    const value = headers[index + 1] as string
    // Fastify adds cookies by itself and replaces everything else.
    const before = name === 'vary' ? reply.getHeader(name) : undefined
    reply.header(name, before === undefined ? value : `${before as string}, ${value}`)
  }
  if (close === true) reply.header('connection', 'close')
  // Without a serialiser of its own, Fastify adds a charset to types that have none.
  reply.serializer(asItIs)
  reply.send(body)
}

function asItIs(payload: string): string {
  return payload
}

/** Fastify refuses a malformed `Content-Type` before the gateway sees it. Other errors stay what they are. */
export function translate(error: Error & { readonly code?: string }, { raw }: FastifyRequestLike): Error {
  if (error.code !== 'FST_ERR_CTP_INVALID_MEDIA_TYPE') return error
  const found = raw.headers['content-type'] ?? 'of no stated type'
  return fulcrumError('FUL-2006', { found, allowed: 'application/json' })
}

export class FastifyWire extends NodeWire {
  readonly #fastify: FastifyRequestLike

  constructor(fastify: FastifyRequestLike) {
    super(fastify.raw, fastify)
    this.#fastify = fastify
  }

  /** The request's stream, or what a `preParsing` hook has made of it. */
  override body(limit: number): WireBody | Promise<WireBody> {
    const { body, raw } = this.#fastify
    return body === undefined ? undefined : readStream(body as Readable, limit, declaredLength(raw))
  }

  override stream(): AsyncIterable<Uint8Array> {
    return chunksOf((this.#fastify.body as Readable | undefined) ?? this.request)
  }
}
