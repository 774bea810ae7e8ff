import findMyWay from 'find-my-way'
import { HTTP_METHODS, type HttpMethod } from '../../declare/http-route.ts'
import { fulcrumError } from '../../kernel/errors/fulcrum-error.ts'
import type { GatewayRoute } from './gateway-route.ts'
import type { PathParameters } from './wire.ts'

/** As long as a request line can be: path parameters are bounded by the server's limit for headers, not here. */
const MAX_PARAMETER_LENGTH = 16_384

export interface Match {
  readonly route: GatewayRoute
  readonly params: PathParameters
}

/** Finds routes for servers that have no router of their own. */
export interface Router {
  /** `undefined`: no route has this method and path. */
  find(method: string, path: string): Match | undefined
  /** Whether a path cannot be read: it is not percent-encoded UTF-8. */
  isMalformed(path: string): boolean
  /** The methods that a path has, `HEAD` included; empty for a path that is no route. */
  methods(path: string): readonly string[]
}

export function createRouter(routes: readonly GatewayRoute[]): Router {
  const trie = findMyWay({
    maxParamLength: MAX_PARAMETER_LENGTH,
    onBadUrl: unused,
    // Decoded by the gateway, by the schema of the operation.
    querystringParser: () => NO_PARAMETERS,
  })
  requireDistinct(routes)
  for (const route of routes) trie.on(route.method, route.path, unused, route)
  const lookUp = (method: string, path: string) => trie.find(routed(method) as HttpMethod, path)
  const find: Router['find'] = (method, path) => {
    const found = lookUp(method, path)
    // A path that cannot be read is "found" as well, with nothing stored.
    if (found === null || found.store === null) return undefined
    return { route: found.store as GatewayRoute, params: found.params }
  }
  const methods: Router['methods'] = (path) =>
    HTTP_METHODS.filter((method) => find(method, path) !== undefined).flatMap((method) =>
      method === 'GET' ? [method, 'HEAD'] : [method],
    )
  const isMalformed: Router['isMalformed'] = (path) =>
    HTTP_METHODS.some((method) => lookUp(method, path)?.store === null)
  return { find, isMalformed, methods }
}

const NO_PARAMETERS = {}

/** The router asks for handlers and calls none of them: it is only asked what matches. */
function unused(): void {}

function routed(method: string): string {
  return method === 'HEAD' ? 'GET' : method
}

/** Refuses two routes that match the same requests, and operations on the paths of Fulcrum itself. */
export function requireDistinct(routes: readonly GatewayRoute[]): void {
  const seen = new Map<string, GatewayRoute>()
  for (const route of routes) {
    const shape = `${route.method} ${route.path.replace(/:\w+/g, ':')}`
    const other = seen.get(shape)
    if (other !== undefined) throw duplicate(route, other)
    seen.set(shape, route)
  }
}

function duplicate(a: GatewayRoute, b: GatewayRoute): Error {
  const [route, other] = a.operation === undefined ? [b, a] : [a, b]
  const params = {
    field: 'http',
    found: `'${route.method} ${route.path}'`,
    other: other.operation ?? 'Fulcrum itself',
  }
  return fulcrumError('FUL-1015', params, { operation: route.operation })
}
