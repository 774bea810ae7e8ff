import type { InternalHeaders } from './headers.ts'

export interface TransportRequest {
  readonly path: string
  readonly headers: InternalHeaders
  readonly body: Uint8Array
  readonly signal: AbortSignal
}

export interface TransportResponse {
  readonly status: number
  readonly headers: InternalHeaders
  readonly body: Uint8Array
}

/** Sends requests to one process. */
export interface Transport {
  /** Where to, for people: host and port. */
  readonly server: string
  /** Rejects with `NotSent` where the request cannot have reached anybody, with anything else where it may have. */
  post(request: TransportRequest): Promise<TransportResponse>
  close(): Promise<void>
}

/** No connection was made. */
export class NotSent extends Error {
  override readonly name = 'NotSent'
}
