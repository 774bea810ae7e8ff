import type { AnyOperation } from '../declare/operation.ts'
import type { Caches } from '../enforce/cache/caches.ts'
import { fulcrumError } from '../kernel/errors/fulcrum-error.ts'
import { show } from '../kernel/show.ts'

/** Leaves everything behind that is cached of a query. @throws FUL-1002 for one without `cache.invalidation: 'version'`. */
export async function bumpVersion(caches: Caches, { name, contract }: AnyOperation): Promise<void> {
  if (await caches.bump(name)) return
  const found = show(contract.cache?.invalidation)
  const params = { field: 'cache.invalidation', found, allowed: "'version', for app.bumpVersion" }
  throw fulcrumError('FUL-1002', params, { operation: name })
}
