import type { ProbeApp } from '../probe-app.ts'

export interface Sent {
  readonly method?: string
  /** Path and query, as they go over the wire. */
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array | ReadableStream<Uint8Array>
  readonly signal?: AbortSignal
}

/** A probe application behind one of the servers. */
export interface Target {
  send(request: Sent): Promise<Response>
  close(): Promise<void>
}

export type StartTarget = (probe: Pick<ProbeApp, 'app'>) => Promise<Target>
