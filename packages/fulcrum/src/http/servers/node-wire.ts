import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Abortable, WireBody, WireRequest, WireResponse } from '../gateway/wire.ts'
import { type CallsInFlight, callsInFlight, type Channel } from './calls-in-flight.ts'
import { chunksOf } from './chunks.ts'
import { readStream } from './read-stream.ts'

/** A request of `node:http`, alone or inside a framework. */
export class NodeWire implements WireRequest {
  readonly raw: unknown
  protected readonly request: IncomingMessage
  readonly #url: string

  constructor(request: IncomingMessage, raw: unknown) {
    this.request = request
    this.raw = raw
    this.#url = request.url ?? '/'
  }

  get method(): string {
    return this.request.method as string
  }

  get path(): string {
    const end = this.#url.indexOf('?')
    return end === -1 ? this.#url : this.#url.slice(0, end)
  }

  get query(): string {
    const start = this.#url.indexOf('?')
    return start === -1 ? '' : this.#url.slice(start + 1)
  }

  get rawHeaders(): readonly string[] {
    return this.request.rawHeaders
  }

  header(name: string): string | undefined {
    const value = this.request.headers[name.toLowerCase()]
    return Array.isArray(value) ? value.join(', ') : value
  }

  body(limit: number): WireBody | Promise<WireBody> {
    return readStream(this.request, limit, declaredLength(this.request))
  }

  stream(): AsyncIterable<Uint8Array> {
    return chunksOf(this.request)
  }

  watch(call: Abortable): void {
    this.#calls.add(call)
  }

  unwatch(call: Abortable): void {
    this.#calls.delete(call)
  }

  get #calls(): CallsInFlight {
    return callsInFlight(channelOf(this.request))
  }
}

function channelOf(request: IncomingMessage): Channel {
  // Requests of the HTTP/2 compatibility API share a socket, but each has a stream.
  const { stream } = request as { readonly stream?: Channel }
  return stream ?? request.socket
}

/** `Content-Length`, which the parser has checked already. */
export function declaredLength({ headers }: IncomingMessage): number | undefined {
  const length = headers['content-length']
  return length === undefined ? undefined : Number(length)
}

/** Writes a response to a server that nobody else writes to: all headers at once. */
export function writeAtOnce(response: ServerResponse, answer: WireResponse, close: boolean): void {
  // The caller has gone.
  if (response.destroyed || response.headersSent) return
  const { status, body } = answer
  const headers = answer.headers as string[]
  if (body !== undefined) headers.push('content-length', String(Buffer.byteLength(body)))
  else if (status !== 204 && status !== 304) headers.push('content-length', '0')
  if (close || answer.close === true) headers.push('connection', 'close')
  response.writeHead(status, headers)
  response.end(body)
}

/** Writes a response header by header, so that what an application's middleware has set, and listens to, keeps working. */
export function writeBesideOthers(response: ServerResponse, answer: WireResponse): void {
  if (response.destroyed || response.headersSent) return
  response.statusCode = answer.status
  for (let index = 0; index < answer.headers.length; index += 2) {
    const name = answer.headers[index] as string
    const value = answer.headers[index + 1] as string
    if (isAdded(name)) response.appendHeader(name, value)
    else response.setHeader(name, value)
  }
  if (answer.close === true) response.setHeader('connection', 'close')
  response.end(answer.body)
}

/** Headers that others may have set as well, or that are there several times. */
function isAdded(name: string): boolean {
  return name === 'set-cookie' || name === 'vary'
}
