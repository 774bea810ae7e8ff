import type { CommonTerms, QueryContract } from '../declare/contract/contract.ts'
import type { AnyOperation } from '../declare/operation.ts'
import { deepFreeze } from '../kernel/freeze.ts'
import { cacheStages } from './cache-stages.ts'
import type { Plan } from './plan.ts'
import { deadline, drawn, run } from './stages.ts'

/** A wrapped function touches no store: its answers have no positions, and nothing but time ends a cached one. */
export function wrapTerms({ cache, ...others }: CommonTerms & Pick<QueryContract, 'cache'>): QueryContract {
  if (cache === undefined) return others
  return { ...others, consistency: 'eventual', cache: { ...cache, invalidation: 'ttl', scope: 'public' } }
}

/** The plan of a wrapped function: deadline → local cache → single-flight → fill → run. */
export function wrapPlan(operation: AnyOperation): Plan {
  const { stages, absent } = drawn([
    deadline(operation),
    ...cacheStages(operation.contract, { store: undefined }),
    run(operation),
  ])
  const { name, kind } = operation
  return Object.freeze({ ...deepFreeze({ operation: name, kind, stages, absent }), refusals: [] })
}
