import type { RequestFacts } from '../../declare/principal.ts'

/** What a transport does when the caller goes away: it ends the calls that are made on the caller's behalf. */
export interface Abortable {
  abort(): void
}

/** The body of a request as a transport has it. */
export type WireBody =
  /** There is none. */
  | undefined
  /** Bytes as they came. */
  | Uint8Array
  /** A value that the application's own middleware has parsed already. */
  | { readonly parsed: unknown }

/** A request as the gateway sees it, whichever server brought it. */
export interface WireRequest extends RequestFacts {
  /** Without the query: still percent-encoded. */
  readonly path: string
  /** What follows the `?`, percent-encoded; empty when there is nothing. */
  readonly query: string
  /** Names and values, alternating, in any case, repetitions included: what `IncomingMessage.rawHeaders` holds. */
  readonly rawHeaders: readonly string[]
  /** Reads the body, at most `limit` bytes of it: more rejects with `BodyTooLarge`, a caller who leaves meanwhile with `Aborted`. */
  body(limit: number): WireBody | Promise<WireBody>
  /** Reads the body bit by bit, as it is asked for; a caller who leaves meanwhile is an error of it. Not together with `body`. */
  stream(): AsyncIterable<Uint8Array>
  /** Ends `call` when the caller goes away before `unwatch(call)`. */
  watch(call: Abortable): void
  unwatch(call: Abortable): void
}

/** An answer, for a transport to write. */
export interface WireResponse {
  readonly status: number
  /** Names (lower case) and values, alternating. Without `content-length`, which transports know best. */
  readonly headers: readonly string[]
  readonly body: string | undefined
  /** The error that a problem document is about, for applications that have error handlers of their own. */
  readonly error?: unknown
  /** The connection cannot be used again: the request was not read to its end. */
  readonly close?: true
}

/** Values of path parameters by name, percent-decoded. */
export type PathParameters = Readonly<Record<string, string | undefined>>
