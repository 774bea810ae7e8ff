import { routeOf } from '../../declare/define.ts'
import type { PrincipalResolver } from '../../declare/principal.ts'
import type { Runtime } from '../../enforce/runtime/runtime.ts'
import type { Clock } from '../../kernel/clock.ts'
import { fulcrumError } from '../../kernel/errors/fulcrum-error.ts'
import type { Random } from '../../kernel/random.ts'
import { parseSize, SIZE_ALLOWED } from '../../kernel/size.ts'
import { compileCors, type Cors } from './cors.ts'
import type { GatewayRoute } from './gateway-route.ts'
import { readHead } from './head.ts'
import { Mount } from './mount.ts'
import { OperationRoute } from './operation-route.ts'
import type { GatewayLog, GatewayParts } from './parts.ts'
import { RequestIds } from './request-id.ts'
import { requireDistinct } from './router.ts'
import type { GatewaySettings } from './settings.ts'
import { type SessionSettings, Visits } from './session/visits.ts'
import { type SystemRouteOptions, systemRoutes } from './system-routes.ts'
import type { PathParameters, WireRequest, WireResponse } from './wire.ts'

export interface GatewayOptions extends SystemRouteOptions {
  readonly runtime: Runtime
  readonly clock: Clock
  readonly random: Random
  /** Who calls. Default: everybody is anonymous. */
  readonly principal?: PrincipalResolver | undefined
  readonly settings?: GatewaySettings | undefined
  /** How tokens of sessions travel. Default: there are no sessions, and tokens are neither read nor given out. */
  readonly session?: SessionSettings | undefined
  /** Told about every answer that is the server's fault. Default: nobody. */
  readonly log?: GatewayLog | undefined
}

/** An application, or its gateway alone. */
export type GatewaySource = Gateway | { readonly gateway: Gateway }

export function gatewayOf(source: GatewaySource): Gateway {
  return 'gateway' in source ? source.gateway : source
}

export interface MountOptions {
  /** Whether the routes of Fulcrum itself (`/healthz`, `/readyz`, `/metrics`, `/openapi.json`, `/docs`) are among them. */
  readonly system: boolean
}

/** The HTTP interface of an application, for any server: routes, and what requests and answers look like. */
export interface Gateway {
  /** Routes of operations, then those of Fulcrum itself, for servers with a router of their own. */
  readonly routes: readonly GatewayRoute[]
  /** Whether browsers of other origins ask with `OPTIONS` before they call. */
  readonly hasPreflights: boolean
  /** For the time limits of servers. */
  readonly clock: Clock
  /** The routes with a router, for servers that have none. */
  mount(options: MountOptions): Mount
}

/**
 * Compiles the routes of all operations that have one. Refuses (`FUL-1015`) two that match the same requests, and settings that make no sense
 * (`FUL-1012`).
 */
export function createGateway(options: GatewayOptions): Gateway {
  const parts = partsOf(options)
  const cors = options.settings?.cors && compileCors(options.settings.cors)
  const routes = [...operationRoutes(options.runtime, parts), ...systemRoutes(options, parts)].map((route) =>
    cors === undefined ? route : withCors(route, cors),
  )
  requireDistinct(routes)
  return {
    routes,
    hasPreflights: cors !== undefined,
    clock: options.clock,
    mount: ({ system }) => {
      const mounted = system ? routes : routes.filter(({ operation }) => operation !== undefined)
      return new Mount(mounted, parts, cors)
    },
  }
}

const DEFAULT_BODY_LIMIT = '1MiB'

function partsOf({ clock, random, principal, log, settings, session }: GatewayOptions): GatewayParts {
  const size = settings?.bodyLimit ?? DEFAULT_BODY_LIMIT
  const bodyLimit = parseSize(size)
  if (bodyLimit === undefined) {
    throw fulcrumError('FUL-1012', { field: 'http.bodyLimit', found: `'${size}'`, allowed: SIZE_ALLOWED })
  }
  const visits = session && new Visits(session, random)
  return { clock, ids: new RequestIds(random), principal, log, visits, bodyLimit }
}

function operationRoutes(runtime: Runtime, parts: GatewayParts): GatewayRoute[] {
  return runtime.operations.flatMap((compiled) => {
    const route = routeOf(compiled.operation)
    return route === undefined ? [] : [new OperationRoute(compiled, route, parts)]
  })
}

function withCors(route: GatewayRoute, cors: Cors): GatewayRoute {
  const answer = async (wire: WireRequest, params: PathParameters): Promise<WireResponse> => {
    return cors.apply(await route.answer(wire, params), readHead(wire.rawHeaders).origin)
  }
  return { method: route.method, path: route.path, operation: route.operation, answer }
}
