import type { Instance } from '../driver/instance.ts'
import { type Level, READS, type ReadOperation } from '../instance/operations.ts'
import type { Source } from '../report/tally.ts'
import type { Dice } from './dice.ts'

/** Reads that a source is likely to serve: the first one brings it there, and the others find it. */
export interface Search {
  readonly operation: string
  /** Who is asked, one after the other. */
  readonly instances: readonly Instance[]
}

/** How a source is brought to serve a level. */
export function search(
  dice: Dice,
  { level, source }: { readonly level: Level; readonly source: Source | undefined },
  instances: readonly Instance[],
): Search {
  const reads = READS.filter((read) => read.level === level)
  const operation = dice.of(leadingTo(source, reads)).name
  if (source === undefined) return { operation, instances: [dice.of(instances)] }
  if (source === 'primary' || source === 'replica')
    return { operation, instances: [dice.of(between(source, instances))] }
  const first = dice.of(instances)
  const others = source === 'local' ? [first, first] : [dice.of(instances), dice.of(instances)]
  return { operation, instances: [first, ...others] }
}

function leadingTo(source: Source | undefined, reads: readonly ReadOperation[]): readonly ReadOperation[] {
  switch (source) {
    case undefined:
      return reads
    case 'primary':
    case 'replica':
      return reads.filter(({ cache }) => cache === undefined)
    case 'local':
      return reads.filter(({ cache }) => cache !== undefined && cache.tiers?.includes('local') !== false)
    // What is kept nowhere else is found nowhere else.
    case 'shared':
      return reads.filter(({ cache }) => cache?.tiers?.includes('shared'))
  }
}

/** Those that have it, if any is up. */
function between(source: 'primary' | 'replica', instances: readonly Instance[]): readonly Instance[] {
  const those = instances.filter(({ hasReplicas }) => hasReplicas === (source === 'replica'))
  return those.length > 0 ? those : instances
}
