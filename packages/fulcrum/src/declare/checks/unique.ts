import { type FulcrumError, fulcrumError } from '../../kernel/errors/fulcrum-error.ts'
import { show } from '../../kernel/show.ts'
import { parseRoute } from '../http-route.ts'
import type { Module } from '../module.ts'
import type { AnyOperation } from '../operation.ts'

interface Named {
  readonly name: string
}

/** Two declarations of one kind with one name. The same declaration may be used in many places. */
export function checkUniqueNames(kind: string, declarations: Iterable<Named>): FulcrumError[] {
  const byName = Map.groupBy(new Set(declarations), ({ name }) => name)
  return [...byName].flatMap(([name, same]) => {
    if (same.length === 1) return []
    const where = `${same.length} different declarations`
    return [fulcrumError('FUL-1005', { kind, name, where }, { operation: name })]
  })
}

/** A module is used once, even the same one. */
export function checkUniqueModules(modules: readonly Module[]): FulcrumError[] {
  const byName = Map.groupBy(modules, ({ name }) => name)
  return [...byName].flatMap(([name, same]) => {
    if (same.length === 1) return []
    const positions = modules.flatMap((module, index) => (module.name === name ? [`modules[${index}]`] : []))
    return [fulcrumError('FUL-1005', { kind: 'module', name, where: positions }, { operation: name })]
  })
}

/** Two operations that the same requests would reach. What parameters are called makes no difference. */
export function checkUniqueRoutes(operations: readonly AnyOperation[]): FulcrumError[] {
  const taken = new Map<string, string>()
  return operations.flatMap(({ name, http }) => {
    const shape = typeof http === 'string' ? shapeOfRoute(http) : undefined
    if (shape === undefined) return []
    const other = taken.get(shape)
    if (other === undefined) taken.set(shape, name)
    if (other === undefined || other === name) return []
    return [fulcrumError('FUL-1015', { field: 'http', found: show(http), other }, { operation: name })]
  })
}

function shapeOfRoute(http: string): string | undefined {
  const route = parseRoute(http)
  return route === undefined ? undefined : `${route.method} ${route.path.replaceAll(/:[^/]+/g, ':')}`
}
