import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Clock } from '../../kernel/clock.ts'
import { fulcrumError } from '../../kernel/errors/fulcrum-error.ts'
import { NodeWire } from '../servers/node-wire.ts'
import type { InternalHeaders } from './headers.ts'
import type { InternalRequest, InternalResponse, InternalRoute } from './internal-route.ts'

export interface ListenAt {
  /** 0 picks a free one. */
  readonly port: number
  readonly host: string
}

/** Inputs of other modules are as large as they need to be, within reason. In bytes. */
const BODY_LIMIT = 16 * 1024 * 1024
/** Longer than callers keep a connection that rests, so that none is closed as it is used. In milliseconds. */
const KEEP_ALIVE_MS = 65_000
const CLOSE_MS = 5_000

/** The server for other processes: on a port of its own, so that nothing that leads to the public one leads here. `listening` → `closing` → `closed`. */
export class InternalServer {
  readonly url: string
  readonly port: number
  readonly #server: Server
  readonly #clock: Clock

  private constructor(server: Server, clock: Clock) {
    const { address, family, port } = server.address() as AddressInfo
    this.#server = server
    this.#clock = clock
    this.port = port
    this.url = `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`
  }

  /** @throws FUL-7001 when the address is taken. */
  static async listen(route: InternalRoute, at: ListenAt, clock: Clock): Promise<InternalServer> {
    const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) => {
      void route.answer(new NodeRequest(request)).then((answer) => write(response, answer))
    })
    await listening(server, at)
    return new InternalServer(server, clock)
  }

  /** Lets calls in flight finish for a while. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()))
    this.#server.closeIdleConnections()
    const timer = this.#clock.timer(CLOSE_MS, () => this.#server.closeAllConnections())
    await closed.finally(() => timer.cancel())
  }
}

function listening(server: Server, { port, host }: ListenAt): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause) =>
      reject(fulcrumError('FUL-7001', { port, host, reason: cause.message }, { cause })),
    )
    server.listen({ port, host }, resolve)
  })
}

function write(response: ServerResponse, { status, headers, body }: InternalResponse): void {
  // The caller has gone.
  if (response.destroyed) return
  response.writeHead(status, { ...headers, 'content-length': body.byteLength })
  response.end(body)
}

class NodeRequest implements InternalRequest {
  readonly #wire: NodeWire

  constructor(request: IncomingMessage) {
    this.#wire = new NodeWire(request, request)
    this.headers = request.headers
  }

  readonly headers: InternalHeaders

  get method(): string {
    return this.#wire.method
  }

  get path(): string {
    return this.#wire.path
  }

  body(): Promise<Uint8Array> {
    return Promise.resolve(this.#wire.body(BODY_LIMIT) as Promise<Uint8Array>)
  }

  watch(call: Parameters<InternalRequest['watch']>[0]): void {
    this.#wire.watch(call)
  }

  unwatch(call: Parameters<InternalRequest['watch']>[0]): void {
    this.#wire.unwatch(call)
  }
}
