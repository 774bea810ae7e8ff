import type { Pool } from 'undici'
import type { InternalHeaders } from './headers.ts'
import { NotSent, type Transport, type TransportRequest, type TransportResponse } from './transport.ts'

export interface PooledOptions {
  readonly url: string
  /** As many connections as there may be; more requests wait for one. */
  readonly connections: number
}

/** What says that a connection was never made, so that nothing can have been sent on it. */
const NEVER_CONNECTED: readonly unknown[] = [
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]
/** Nobody waits longer for a connection, in milliseconds. */
const CONNECT_MS = 5_000

/** Connections that are kept open, as few as are needed and at most as many as are allowed: a pool of undici, which is also what Node's `fetch` is made of. */
export class PooledTransport implements Transport {
  readonly server: string
  readonly #pool: Pool

  private constructor(pool: Pool, server: string) {
    this.#pool = pool
    this.server = server
  }

  static async open({ url, connections }: PooledOptions): Promise<PooledTransport> {
    const { Pool: Pooled } = await import('undici')
    // Times are the callers' to limit.
    const limits = { connectTimeout: CONNECT_MS, headersTimeout: 0, bodyTimeout: 0 }
    return new PooledTransport(new Pooled(url, { connections, ...limits }), new URL(url).host)
  }

  async post({ path, headers, body, signal }: TransportRequest): Promise<TransportResponse> {
    try {
      const sent = stated(headers)
      const response = await this.#pool.request({ method: 'POST', path, headers: sent, body, signal })
      const bytes = new Uint8Array(await response.body.arrayBuffer())
      return { status: response.statusCode, headers: response.headers, body: bytes }
    } catch (error) {
      throw isNeverConnected(error) ? new NotSent(textOf(error), { cause: error }) : error
    }
  }

  close(): Promise<void> {
    return this.#pool.close()
  }
}

function stated(headers: InternalHeaders): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers as Readonly<Record<string, string | undefined>>).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, value]],
    ),
  )
}

function isNeverConnected(error: unknown): boolean {
  return NEVER_CONNECTED.includes((error as { readonly code?: unknown } | undefined)?.code)
}

function textOf(error: unknown): string {
  const { code, message } = error as { readonly code?: unknown; readonly message?: unknown }
  return typeof code === 'string' ? code : String(message)
}
