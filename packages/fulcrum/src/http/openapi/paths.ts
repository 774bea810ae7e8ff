import type { HttpRoute } from '../../declare/http-route.ts'
import { fromEntries } from './json-schema.ts'
import type { OperationObject } from './operation-object.ts'

export interface RoutedObject {
  readonly route: HttpRoute
  readonly object: OperationObject
}

/**
 * Operations by path and method. Paths that differ only in the names of their parameters are one path to OpenAPI (3.1.1, 4.8.8.2), so all of
 * them take the names of the first; over HTTP the names do not appear.
 */
export function mergePaths(
  operations: readonly RoutedObject[],
): Record<string, Record<string, OperationObject>> {
  const byShape = Map.groupBy(operations, ({ route }) => shapeOf(route))
  const paths = [...byShape.values()].map((group) => {
    const { route: first } = group[0] as RoutedObject
    const methods = group.map(({ route, object }) => {
      return [route.method.toLowerCase(), renamed(object, route.parameters, first.parameters)] as const
    })
    return [templateOf(first), fromEntries(methods.toSorted(byMethod))] as const
  })
  return fromEntries(paths.toSorted(([a], [b]) => (a < b ? -1 : 1)))
}

function templateOf({ path }: HttpRoute): string {
  return path.replace(/:([^/]+)/g, '{$1}')
}

function shapeOf({ path }: HttpRoute): string {
  return path.replace(/:[^/]+/g, '{}')
}

const METHODS = ['get', 'post', 'put', 'patch', 'delete']

function byMethod([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return METHODS.indexOf(a) - METHODS.indexOf(b)
}

function renamed(object: OperationObject, from: readonly string[], to: readonly string[]): OperationObject {
  if (from.every((name, index) => name === to[index])) return object
  const parameters = object.parameters.map((parameter) => {
    if ('$ref' in parameter || parameter.in !== 'path') return parameter
    return { ...parameter, name: to[from.indexOf(parameter.name)] as string }
  })
  return { ...object, parameters }
}
