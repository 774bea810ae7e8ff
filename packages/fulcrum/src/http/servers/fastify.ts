import type { Server as HttpServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { FastifyInstance, FastifyServerOptions } from 'fastify'
import { DURATION_ALLOWED, type Duration, parseDuration } from '../../kernel/duration.ts'
import { fulcrumError } from '../../kernel/errors/fulcrum-error.ts'
import { type Gateway, gatewayOf, type GatewaySource } from '../gateway/gateway.ts'
import type { Mount } from '../gateway/mount.ts'
import type { WireResponse } from '../gateway/wire.ts'
import { answerClientError } from './client-error.ts'
import {
  addRoute,
  type FastifyLike,
  type FastifyReplyLike,
  FastifyWire,
  leaveBodies,
  translate,
} from './fastify-plugin.ts'
import { writeAtOnce } from './node-wire.ts'

export interface ServeOptions {
  /** Default 4000; 0 picks a free one. */
  readonly port?: number
  /** Default `'127.0.0.1'`; `'0.0.0.0'` for every interface. */
  readonly host?: string
  /** Whose `X-Forwarded-…` headers are believed, as Fastify has it. Default: nobody's. */
  readonly trustProxy?: FastifyServerOptions['trustProxy']
}

/** A server that listens. */
export interface RunningServer extends AsyncDisposable {
  /** `http://127.0.0.1:4000` */
  readonly url: string
  readonly port: number
  /**
   * Takes no more connections, lets requests in flight finish, and cuts off what is left after `limit`. Default `'10s'`. Closing twice is
   * closing once.
   */
  close(limit?: Duration): Promise<void>
}

/** How long a request may take to arrive, in milliseconds: what is sent more slowly holds a connection for nothing. */
const REQUEST_TIMEOUT = 60_000
const MAX_PARAMETER_LENGTH = 16_384

/**
 * Serves an application with Fastify, which is an optional peer (`FUL-1014` when it is not installed). Resolves once it listens; `FUL-7001` when
 * the address is taken.
 */
export async function serve(source: GatewaySource, options: ServeOptions = {}): Promise<RunningServer> {
  const gateway = gatewayOf(source)
  const mount = gateway.mount({ system: true })
  const state = { closing: false }
  const write = (reply: FastifyReplyLike, response: WireResponse): void =>
    writeAtOnce(reply.raw, response, state.closing)
  const fastify = await createFastify(mount, write, options)
  const instance = fastify as unknown as FastifyLike
  leaveBodies(instance)
  for (const route of gateway.routes) addRoute(instance, route, write)
  answerTheRest(fastify, mount, write)
  await listen(fastify, options)
  return new Running(fastify, gateway, state)
}

type WriteReply = (reply: FastifyReplyLike, response: WireResponse) => void

async function createFastify(
  mount: Mount,
  write: WriteReply,
  options: ServeOptions,
): Promise<FastifyInstance> {
  const { fastify } = await loadFastify()
  return fastify({
    ...(options.trustProxy !== undefined && { trustProxy: options.trustProxy }),
    routerOptions: { maxParamLength: MAX_PARAMETER_LENGTH },
    requestTimeout: REQUEST_TIMEOUT,
    exposeHeadRoutes: false,
    // Calls that come while draining are refused by the runtime, with a problem document.
    return503OnClosing: false,
    frameworkErrors: (_, request, reply) => write(reply, mount.refuse(new FastifyWire(request))),
    clientErrorHandler: (error, socket) => answerClientError(error, socket),
  })
}

async function loadFastify(): Promise<Pick<typeof import('fastify'), 'fastify'>> {
  try {
    return await import('fastify')
  } catch (cause) {
    const params = { feature: 'serving HTTP', peer: 'fastify', install: 'npm install fastify' }
    throw fulcrumError('FUL-1014', params, { cause })
  }
}

/** What no route matches, and what Fastify refuses by itself. */
function answerTheRest(fastify: FastifyInstance, mount: Mount, write: WriteReply): void {
  fastify.setNotFoundHandler((request, reply) => write(reply, mount.refuse(new FastifyWire(request))))
  fastify.setErrorHandler((error: Error, request, reply) => {
    const wire = new FastifyWire(request)
    write(reply, request.is404 ? mount.refuse(wire) : mount.fail(translate(error, request), wire))
  })
}

const REASONS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another process listens there',
  EACCES: 'this process may not use it',
  EADDRNOTAVAIL: 'this machine does not have the address',
}

async function listen(
  fastify: FastifyInstance,
  { port = 4000, host = '127.0.0.1' }: ServeOptions,
): Promise<void> {
  try {
    await fastify.listen({ port, host })
  } catch (cause) {
    await fastify.close()
    const { code = '', message } = cause as { readonly code?: string; readonly message: string }
    throw fulcrumError('FUL-7001', { port, host, reason: REASONS[code] ?? message }, { cause })
  }
}

/** `listening` → `closing` → `closed`. While closing, every answer ends its connection. */
class Running implements RunningServer {
  readonly url: string
  readonly port: number
  readonly #fastify: FastifyInstance
  readonly #gateway: Gateway
  readonly #state: { closing: boolean }
  #closed: Promise<void> | undefined

  constructor(fastify: FastifyInstance, gateway: Gateway, state: { closing: boolean }) {
    this.#fastify = fastify
    this.#gateway = gateway
    this.#state = state
    const { address, family, port } = fastify.server.address() as AddressInfo
    this.port = port
    this.url = `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`
  }

  close(limit: Duration = '10s'): Promise<void> {
    this.#closed ??= this.#close(limit)
    return this.#closed
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #close(limit: Duration): Promise<void> {
    const ms = parseDuration(limit)
    if (ms === undefined)
      throw fulcrumError('FUL-1012', { field: 'close', found: `'${limit}'`, allowed: DURATION_ALLOWED })
    this.#state.closing = true
    const server: HttpServer = this.#fastify.server
    const timer = this.#gateway.clock.timer(ms, () => server.closeAllConnections())
    try {
      await this.#fastify.close()
    } finally {
      timer.cancel()
    }
  }
}
