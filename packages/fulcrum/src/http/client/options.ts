import type { Clock } from '../../kernel/clock.ts'
import type { Duration } from '../../kernel/duration.ts'
import type { Random } from '../../kernel/random.ts'
import type { HeaderValues } from './headers.ts'
import type { Session } from './session.ts'

/** What a client needs of `fetch`; every `fetch` has it. */
export type Fetch = (url: string, request: FetchRequest) => Promise<FetchResponse>

export interface FetchRequest {
  readonly method: string
  readonly headers: Record<string, string>
  readonly body?: string
  readonly signal: AbortSignal
  /** The client does not follow redirects: an answer comes from where its request went. */
  readonly redirect: 'manual'
}

export interface FetchResponse {
  readonly status: number
  readonly statusText: string
  readonly headers: { get(name: string): string | null }
  text(): Promise<string>
}

export interface ClientOptions<Operations> {
  /** Where the server is: `'https://api.example.com'`, with a path where it is mounted below one. In browsers also relative: `'/api'`. */
  readonly baseUrl: string | URL
  /** Signatures by name, and modules' exports by name: what is not a query or a command in them is left out. */
  readonly operations: Operations
  /** How long a call may take in all, if the call does not say. Default `'30s'`, which is not told to the server. */
  readonly deadline?: Duration
  /** Sent with every request. A function is asked for every request, so that a token can be renewed. */
  readonly headers?: HeaderValues | (() => HeaderValues | Promise<HeaderValues>)
  /** How often a query, or a command that takes effect once (`idempotency` in its contract), is tried in all. Default 3; 1 tries once. Other commands are always tried once. */
  readonly attempts?: number
  /** Default: a session of its own, which makes it a client for one user. */
  readonly session?: Session
  /** Default: the global `fetch`. */
  readonly fetch?: Fetch
  /** Default: the machine's. */
  readonly clock?: Clock
  /** Default: the machine's. */
  readonly random?: Random
}

/** Terms of one call. */
export interface CallTerms {
  /** How long the call may take in all, retries included; told to the server (`Fulcrum-Deadline`). */
  readonly deadline?: Duration
  /** Ends the call when it aborts. */
  readonly signal?: AbortSignal
  /** Replace those of the client. */
  readonly headers?: HeaderValues
  /** The W3C trace that the call belongs to. */
  readonly traceparent?: string
  /** Whose call it is, for a client that serves several users. */
  readonly session?: Session
}

export interface CommandTerms extends CallTerms {
  /** The entity tags that the caller expects, as `etag` gave them: `'"7"'`. */
  readonly ifMatch?: string
  /** What makes two calls the same one, where the contract has `idempotency.key: 'header'`. Default: a new UUID for every call, the same for its repetitions. */
  readonly idempotencyKey?: string
}
