import { DURATION_ALLOWED, parseDuration } from '../../kernel/duration.ts'
import { fulcrumError } from '../../kernel/errors/fulcrum-error.ts'
import type { CorsSettings } from './settings.ts'
import type { WireResponse } from './wire.ts'

/** The CORS protocol of the Fetch standard, compiled from its settings. */
export interface Cors {
  /** The response with what lets the origin read it. A request of no or another origin gets the response as it is, marked as varying by origin. */
  apply(response: WireResponse, origin: string | undefined): WireResponse
  /** Headers of the answer to a preflight. */
  preflight(methods: readonly string[]): readonly string[]
}

/** Request headers that Fulcrum understands. */
const REQUEST_HEADERS = [
  'authorization',
  'content-type',
  'fulcrum-deadline',
  'fulcrum-token',
  'idempotency-key',
  'if-match',
  'if-none-match',
  'traceparent',
  'tracestate',
  'x-request-id',
  'x-request-timeout',
]

/** Response headers that scripts of other origins may read besides those that are always readable. */
const RESPONSE_HEADERS = [
  'age',
  'etag',
  'fulcrum-deadline',
  'fulcrum-degraded',
  'fulcrum-session',
  'fulcrum-source',
  'fulcrum-stale',
  'fulcrum-token',
  'idempotent-replay',
  'ratelimit',
  'ratelimit-policy',
  'retry-after',
  'x-request-id',
]

const DEFAULT_MAX_AGE = '10m'

export function compileCors(settings: CorsSettings): Cors {
  const { origins, credentials = false, headers = [] } = settings
  requireSound(settings)
  const allowed = origins === '*' ? undefined : new Set(origins)
  const maxAge = maxAgeOf(settings)
  const exposed = RESPONSE_HEADERS.join(', ')
  const requestHeaders = [...REQUEST_HEADERS, ...headers.map((name) => name.toLowerCase())].join(', ')
  const grant = (origin: string): string[] => [
    'access-control-allow-origin',
    allowed === undefined ? '*' : origin,
    ...(credentials ? ['access-control-allow-credentials', 'true'] : []),
    'access-control-expose-headers',
    exposed,
  ]
  return {
    apply(response, origin) {
      const granted =
        origin !== undefined && (allowed === undefined || allowed.has(origin)) ? grant(origin) : []
      const vary = allowed === undefined ? [] : ['vary', 'Origin']
      return { ...response, headers: [...response.headers, ...granted, ...vary] }
    },
    preflight: (methods) => [
      'access-control-allow-methods',
      methods.join(', '),
      'access-control-allow-headers',
      requestHeaders,
      'access-control-max-age',
      String(maxAge),
    ],
  }
}

function requireSound({ origins, credentials }: CorsSettings): void {
  if (origins === '*') {
    if (credentials === true)
      throw invalid('http.cors.credentials', 'true for every origin', 'true with a list of origins')
    return
  }
  const wrong = origins.find((origin) => !isOrigin(origin))
  if (wrong !== undefined)
    throw invalid('http.cors.origins', `'${wrong}'`, "'*', or origins such as 'https://shop.example'")
}

// What an origin looks like whose scheme the URL standard knows nothing of, such as `capacitor://localhost`.
const SCHEME_AND_HOST = /^[a-z][a-z0-9+.-]*:\/\/[^/?#@\s]+$/

/** Scheme, host and port as browsers serialise them: in lower case, without a path, the default port left out. */
function isOrigin(text: string): boolean {
  if (!URL.canParse(text)) return false
  const { origin } = new URL(text)
  return origin === 'null' ? SCHEME_AND_HOST.test(text) : origin === text
}

function maxAgeOf({ maxAge = DEFAULT_MAX_AGE }: CorsSettings): number {
  const ms = parseDuration(maxAge)
  if (ms === undefined) throw invalid('http.cors.maxAge', `'${maxAge}'`, DURATION_ALLOWED)
  return Math.floor(ms / 1000)
}

function invalid(field: string, found: string, allowed: string): Error {
  return fulcrumError('FUL-1012', { field, found, allowed })
}
