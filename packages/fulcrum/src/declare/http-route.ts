/** Methods that an operation may be bound to. */
export const HTTP_METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const
export type HttpMethod = (typeof HTTP_METHODS)[number]

/** Names of the parameters in a path: `'/a/:x/b/:y'` to `'x' | 'y'`. */
type ParametersOf<Path extends string> = Path extends `${string}:${infer Rest}`
  ? Rest extends `${infer Name}/${infer Tail}`
    ? Name | ParametersOf<`/${Tail}`>
    : Rest
  : never

/**
 * A route as its declaration checks it: `H` itself where it is right, otherwise a sentence that the compiler shows instead of it. Every path
 * parameter has to be a member of the operation's input.
 */
export type CheckedRoute<H extends string, In> = H extends `${HttpMethod} /${infer Path}`
  ? Exclude<ParametersOf<`/${Path}`>, MembersOf<In>> extends infer Unknown
    ? [Unknown] extends [never]
      ? H
      : `path parameter ':${Unknown & string}' is not a member of the input`
    : never
  : `a route is a method, a space and a path, like 'GET /profiles/:userId'`

type MembersOf<In> = In extends unknown ? keyof In & string : never

/** A parsed route. */
export interface HttpRoute {
  readonly method: HttpMethod
  /** As declared: `/profiles/:userId`. */
  readonly path: string
  readonly parameters: readonly string[]
}

const pattern =
  /^([A-Z]+) (\/(?:[A-Za-z0-9_.~-]+|:[A-Za-z_][A-Za-z0-9_]*)?(?:\/(?:[A-Za-z0-9_.~-]+|:[A-Za-z_][A-Za-z0-9_]*))*)$/

/** Parses `'PATCH /profiles/:userId'`; `undefined` where the text is no route: another method, an empty segment, a wildcard, a repeated parameter. */
export function parseRoute(text: string): HttpRoute | undefined {
  const [, method, path] = pattern.exec(text) ?? []
  if (method === undefined || path === undefined || !isMethod(method)) return undefined
  const parameters = path.split('/').flatMap((segment) => (segment.startsWith(':') ? [segment.slice(1)] : []))
  if (new Set(parameters).size !== parameters.length) return undefined
  return Object.freeze({ method, path, parameters: Object.freeze(parameters) })
}

function isMethod(text: string): text is HttpMethod {
  return (HTTP_METHODS as readonly string[]).includes(text)
}
