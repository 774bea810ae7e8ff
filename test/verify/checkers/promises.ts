import { parseDuration } from '../../../packages/fulcrum/src/kernel/duration.ts'
import { type Level, READS, type ReadOperation } from '../instance/operations.ts'

/** What an operation has to keep. */
export interface Promises {
  readonly level: Level
  readonly isStrong: boolean
  readonly session: 'none' | 'read-your-writes' | 'monotonic' | 'causal'
  /** Milliseconds; `Infinity` where any age will do. */
  readonly staleness: number
  /** What it may be at most where it says so. */
  readonly mostStale: number
}

function promisesOf({ level, consistency }: ReadOperation): Promises {
  if (typeof consistency === 'string')
    return {
      level,
      isStrong: consistency === 'strong',
      session: 'none',
      staleness: Infinity,
      mostStale: Infinity,
    }
  const staleness = parseDuration(consistency.staleness) ?? Infinity
  const mostStale = parseDuration(consistency.maxStale) ?? staleness
  return { level, isStrong: false, session: consistency.session ?? 'none', staleness, mostStale }
}

/** By the name of the operation. */
export const PROMISES: ReadonlyMap<string, Promises> = new Map(
  READS.map((read) => [read.name, promisesOf(read)]),
)
