import { fulcrumError } from '../../kernel/errors/fulcrum-error.ts'
import { gatewayOf, type GatewaySource } from '../gateway/gateway.ts'
import type { Abortable, WireBody, WireRequest, WireResponse } from '../gateway/wire.ts'
import { bodyTooLarge } from './read-stream.ts'

export interface FetchHandlerOptions {
  /** Answers requests that no route matches. Default: problem documents with 404 or 405. */
  readonly fallback?: (request: Request) => Response | Promise<Response>
  /** Whether `/healthz`, `/readyz`, `/metrics`, `/openapi.json` and `/docs` are answered. Default: without a `fallback`. */
  readonly system?: boolean
}

/** A request handler of the Fetch standard, as Hono, Bun and Deno take it. */
export type FetchHandler = (request: Request) => Promise<Response>

/**
 * The operations as a fetch handler:
 *
 * ```ts
 * new Hono().all('/api/*', mount(toFetchHandler(app)))
 * ```
 */
export function toFetchHandler(source: GatewaySource, options: FetchHandlerOptions = {}): FetchHandler {
  const { fallback, system = fallback === undefined } = options
  const mount = gatewayOf(source).mount({ system })
  return async (request) => {
    const wire = new FetchWire(request)
    const answer = mount.answer(wire)
    if (answer === undefined && fallback !== undefined) return fallback(request)
    return toResponse((await answer) ?? mount.refuse(wire), request.method)
  }
}

function toResponse({ status, headers, body }: WireResponse, method: string): Response {
  const list: [string, string][] = []
  for (let index = 0; index < headers.length; index += 2) {
    list.push([headers[index] as string, headers[index + 1] as string])
  }
  return new Response(body === undefined || method === 'HEAD' ? null : body, { status, headers: list })
}

class FetchWire implements WireRequest {
  readonly raw: Request
  readonly path: string
  readonly query: string
  #rawHeaders: readonly string[] | undefined
  #call: Abortable | undefined

  constructor(request: Request) {
    this.raw = request
    const { pathname, search } = new URL(request.url)
    this.path = pathname
    this.query = search.slice(1)
  }

  get method(): string {
    return this.raw.method
  }

  get rawHeaders(): readonly string[] {
    return (this.#rawHeaders ??= [...this.raw.headers].flat())
  }

  header(name: string): string | undefined {
    return this.raw.headers.get(name) ?? undefined
  }

  body(limit: number): WireBody | Promise<WireBody> {
    const { body, bodyUsed } = this.raw
    if (bodyUsed) throw fulcrumError('FUL-7002', {})
    return body === null ? undefined : readAll(body.getReader(), limit)
  }

  stream(): AsyncIterable<Uint8Array> {
    const { body, bodyUsed } = this.raw
    if (bodyUsed) throw fulcrumError('FUL-7002', {})
    return body === null ? NOTHING : chunksOf(body.getReader())
  }

  watch(call: Abortable): void {
    this.#call = call
    const { signal } = this.raw
    if (signal.aborted) call.abort()
    else signal.addEventListener('abort', this)
  }

  unwatch(): void {
    this.#call = undefined
    this.raw.signal.removeEventListener('abort', this)
  }

  /** For the signal: the caller has gone. */
  handleEvent(): void {
    this.#call?.abort()
  }
}

async function readAll(reader: ReadableStreamDefaultReader<Uint8Array>, limit: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let length = 0
  for (let next = await read(reader); next !== undefined; next = await read(reader)) {
    length += next.byteLength
    if (length > limit) {
      await reader.cancel()
      throw bodyTooLarge(limit)
    }
    chunks.push(next)
  }
  return Buffer.concat(chunks, length)
}

async function read(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<Uint8Array | undefined> {
  try {
    const { done, value } = await reader.read()
    return done ? undefined : value
  } catch (cause) {
    throw fulcrumError('FUL-2010', {}, { cause })
  }
}

const NOTHING: AsyncIterable<Uint8Array> = { [Symbol.asyncIterator]: () => ({ next: () => DONE }) }
const DONE = Promise.resolve({ done: true as const, value: undefined })

async function* chunksOf(reader: ReadableStreamDefaultReader<Uint8Array>): AsyncGenerator<Uint8Array> {
  for (let next = await read(reader); next !== undefined; next = await read(reader)) yield next
}
