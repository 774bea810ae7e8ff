import type { Duration } from '../../kernel/duration.ts'
import type { Size } from '../../kernel/size.ts'

/** Which other origins may call from a browser (CORS, https://fetch.spec.whatwg.org/#http-cors-protocol). */
export interface CorsSettings {
  /** Origins as browsers send them, `'https://shop.example'`, or `'*'` for every one. */
  readonly origins: '*' | readonly string[]
  /** Whether cookies and HTTP authentication may go along. Needs a list of origins. Default `false`. */
  readonly credentials?: boolean
  /** Request headers that are allowed besides those that Fulcrum itself understands. */
  readonly headers?: readonly string[]
  /** How long a browser may remember the answer to a preflight. Default `'10m'`. */
  readonly maxAge?: Duration
}

/** What can be configured about HTTP, whichever server carries it. */
export interface GatewaySettings {
  /** The largest request body. Default `'1MiB'`. */
  readonly bodyLimit?: Size
  /** Default: none, browsers of other origins are kept out by their own rules. */
  readonly cors?: CorsSettings
}
