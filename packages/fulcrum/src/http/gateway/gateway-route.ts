import type { HttpMethod } from '../../declare/http-route.ts'
import type { PathParameters, WireRequest, WireResponse } from './wire.ts'

/** One route of a gateway, for a router of any kind. */
export interface GatewayRoute {
  readonly method: HttpMethod
  /** Parameters as `:name`. */
  readonly path: string
  /** `undefined` for routes of Fulcrum itself (`/healthz` and others). */
  readonly operation: string | undefined
  /** Answers a request that the router has matched. `HEAD` is answered like `GET`; the server leaves the body out. Never rejects. */
  answer(wire: WireRequest, params: PathParameters): WireResponse | Promise<WireResponse>
}
