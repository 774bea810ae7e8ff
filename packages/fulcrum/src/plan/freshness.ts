import { DEFAULT_MAX_STALE } from '../declare/contract/defaults.ts'
import type { Contract, ConsistencyBounds } from '../declare/contract/contract.ts'
import type { SessionLevel } from '../declare/contract/vocabulary.ts'
import { parseDuration } from '../kernel/duration.ts'
import type { StalenessBounds } from './plan.ts'

/** What `consistency` of a query comes to, with its defaults filled in. */
export interface Freshness {
  readonly isStrong: boolean
  readonly session: SessionLevel
  readonly bounds: StalenessBounds
  readonly snapshot: boolean
}

const STRONG: Freshness = {
  isStrong: true,
  session: 'none',
  bounds: { staleness: 0, inPartition: 0 },
  snapshot: false,
}
const ANY: StalenessBounds = { staleness: Infinity, inPartition: Infinity }
const EVENTUAL: Freshness = { isStrong: false, session: 'none', bounds: ANY, snapshot: false }

export function freshnessOf({ consistency = 'strong' }: Contract): Freshness {
  if (consistency === 'strong') return STRONG
  if (consistency === 'eventual') return EVENTUAL
  const { session = 'none', snapshot = false } = consistency
  return { isStrong: false, session, bounds: boundsOf(consistency), snapshot }
}

function boundsOf({
  staleness,
  onPartition,
  maxStale = DEFAULT_MAX_STALE,
}: ConsistencyBounds): StalenessBounds {
  const bound = parseDuration(staleness) ?? Infinity
  const furthest = onPartition === 'serve-stale' ? (parseDuration(maxStale) ?? Infinity) : bound
  return { staleness: bound, inPartition: Math.max(bound, furthest) }
}
