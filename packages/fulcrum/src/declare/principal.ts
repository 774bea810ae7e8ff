/** Who calls, as the application's own resolver says. Scope of idempotency keys, limits and private caches. */
export interface Principal {
  /** Stable and unique within its tenant. */
  readonly id: string
  /** The organisation it acts for; `undefined` in a single-tenant application. */
  readonly tenant?: string
  readonly roles?: readonly string[]
}

/** What a principal resolver gets to see of a request, whichever transport brought it. */
export interface RequestFacts {
  readonly method: string
  readonly path: string
  /** The value of a request header, by its lower-case name. */
  header(name: string): string | undefined
  /** The transport's own request (Fastify's, Express's, a fetch `Request`), for what an application's middleware left on it. */
  readonly raw: unknown
}

/** Resolves who calls. `undefined`: anonymous. What it throws is answered as the request's error. */
export type PrincipalResolver = (
  request: RequestFacts,
) => Principal | undefined | Promise<Principal | undefined>
