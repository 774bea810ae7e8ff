import { type FulcrumError, fulcrumError } from '../../kernel/errors/fulcrum-error.ts'
import { show } from '../../kernel/show.ts'
import { DEFAULT_INVALIDATION } from '../contract/defaults.ts'
import { isRecord } from '../contract/values.ts'
import type { AnyOperation } from '../operation.ts'

/**
 * What is promised per tag needs the tags: without `reads` there would be nothing to compare, and the promise would be kept by nobody. A projection is
 * compared with all that the session has written.
 */
export function checkTagsOfReads({ name, kind, contract, reads, projection }: AnyOperation): FulcrumError[] {
  if (kind !== 'query' || reads !== undefined || !isRecord(contract)) return []
  const { consistency, cache } = contract as { readonly consistency?: unknown; readonly cache?: unknown }
  const session = isRecord(consistency) ? consistency['session'] : undefined
  const invalidation = isRecord(cache) ? (cache['invalidation'] ?? DEFAULT_INVALIDATION) : undefined
  const needs = [
    session === undefined || session === 'none' || projection !== undefined
      ? undefined
      : { field: 'consistency.session', found: session },
    invalidation === 'event' || invalidation === 'log'
      ? { field: 'cache.invalidation', found: invalidation }
      : undefined,
  ]
  return needs.flatMap((need) => {
    if (need === undefined) return []
    const params = {
      ...need,
      found: show(need.found),
      other: 'reads, which is not declared',
      reason: 'it is kept per tag, and the query does not say which data it reads',
      allowed: 'a query with reads: (input) => [tag(…)]',
    }
    return [fulcrumError('FUL-1004', params, { operation: name })]
  })
}
