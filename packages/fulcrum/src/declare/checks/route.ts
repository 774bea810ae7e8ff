import { type FulcrumError, fulcrumError } from '../../kernel/errors/fulcrum-error.ts'
import { show } from '../../kernel/show.ts'
import { contradiction } from '../contract/refusals.ts'
import { HTTP_METHODS, type HttpMethod, type HttpRoute, parseRoute } from '../http-route.ts'
import type { AnyOperation } from '../operation.ts'
import { checkHttpInput } from './http-input.ts'

/** What a method promises (RFC 9110, 9.2) has to fit what the operation does. */
const METHODS: Readonly<
  Record<'query' | 'command', { readonly methods: readonly HttpMethod[]; readonly reason: string }>
> = {
  query: { methods: ['GET', 'POST'], reason: 'a query only reads, and the other methods announce a change' },
  command: {
    methods: ['POST', 'PUT', 'PATCH', 'DELETE'],
    reason: 'a command changes data, and GET promises that it is safe to repeat and to prefetch',
  },
}

/** The route of an operation against itself, its kind and its input. */
export function checkRoute(operation: AnyOperation): FulcrumError[] {
  const { http } = operation
  if (typeof http !== 'string') return []
  const route = parseRoute(http)
  if (route === undefined) return [malformed(operation.name, http)]
  return [...checkMethod(operation, route), ...checkHttpInput(operation, route)]
}

function malformed(name: string, http: string): FulcrumError {
  const params = {
    field: 'http',
    found: show(http),
    reason: whyMalformed(http),
    allowed: `a method (${HTTP_METHODS.join(', ')}), one space and a path of literal segments and parameters, such as 'GET /profiles/:userId'`,
  }
  return fulcrumError('FUL-1009', params, { operation: name })
}

function whyMalformed(http: string): string {
  const [method = '', path, ...rest] = http.split(' ')
  if (!(HTTP_METHODS as readonly string[]).includes(method))
    return `${show(method)} is not one of the methods`
  if (path === undefined || path === '' || rest.length > 0)
    return 'there has to be exactly one space, before the path'
  if (!path.startsWith('/')) return 'the path does not begin with /'
  if (path.includes('*')) return 'wildcards are not supported'
  if (path.includes('?')) return 'the query string is not part of a route'
  const segments = path.slice(1).split('/')
  if (segments.includes('')) return 'a segment is empty'
  const parameters = segments.filter((segment) => segment.startsWith(':'))
  const repeated = parameters.find((parameter, index) => parameters.indexOf(parameter) !== index)
  return repeated === undefined
    ? 'a segment has characters that a route cannot have'
    : `the parameter ${repeated} is repeated`
}

function checkMethod({ name, kind, http }: AnyOperation, { method }: HttpRoute): FulcrumError[] {
  if (kind !== 'query' && kind !== 'command') return []
  const { methods, reason } = METHODS[kind]
  if (methods.includes(method)) return []
  return [
    contradiction(name, {
      field: 'http',
      found: http,
      other: `the kind, ${kind}`,
      reason,
      allowed: methods.join(', '),
    }),
  ]
}
