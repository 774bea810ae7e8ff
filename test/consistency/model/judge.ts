import type { Token } from '../../../packages/fulcrum/src/consistency/token.ts'
import { QUERY_TAGS } from './data.ts'
import type { Entry, Instance } from './instance.ts'
import type { Reason } from './invariants.ts'
import { EPOCHS } from './lineage.ts'
import type { Query } from './read.ts'
import type { World } from './world.ts'

export interface Asker extends Query {
  readonly instance: Instance
  readonly token: Token | undefined
}

/** Whether an instance may serve what it found in a cache, and on account of what. */
export function judge(world: World, entry: Entry, asker: Asker): Reason | undefined {
  const { counts } = world
  if (asker.bound === 0) return undefined
  if (world.deviation !== 'caches ignore epochs' && entry.label.epoch !== EPOCHS[asker.instance.epoch])
    return undefined
  if (asker.bound < Infinity && !isWithinBound(world, entry, asker)) {
    counts['refused by the bound'] += 1
    return undefined
  }
  const reason = isForSession(world, entry, asker)
  if (reason === undefined) counts['refused by the session level'] += 1
  else if (asker.bound < Infinity) counts['served within a bound'] += 1
  return reason
}

function isWithinBound(world: World, entry: Entry, { instance, bound }: Asker): boolean {
  const told = entry.followed && instance.watermark !== undefined ? instance.watermark.asOf : -Infinity
  const asOf = Math.max(entry.readAt, told, instance.ring.asOf(entry.label))
  return world.now(instance) - asOf <= bound
}

function isForSession(
  world: World,
  entry: Entry,
  { instance, token, level, query }: Asker,
): Reason | undefined {
  const { rules, counts } = world
  if (level === 'none') return 'positions'
  if (token === undefined) return undefined
  const tags = QUERY_TAGS[query] as readonly number[]
  if (rules.servable(entry.label, { token, level, tags }))
    return reasonOf(world, entry, { token, level, query })
  const { watermark } = instance
  if (!entry.followed || watermark === undefined) return undefined
  if (!rules.servableAt(watermark.lsn, entry.label, { token, level, tags })) return undefined
  counts['served for the sake of the watermark only'] += 1
  return 'watermark'
}

/** By position alone it would be served, or not: then it is an id that spoke for it. */
function reasonOf(
  { rules, counts }: World,
  { label }: Entry,
  { token, level, query }: { token: Token; level: Asker['level']; query: number },
): Reason {
  const tags = QUERY_TAGS[query] as readonly number[]
  const { lsn, rx } = rules.needOf(token, tags, level)
  if (label.source === 'primary' && label.lo === lsn)
    counts['equal positions: a primary value at the very position that is needed'] += 1
  if (rules.containsSeen(label, lsn, rx)) return 'positions'
  const isSeen = tags.some((tag) => token.tags.get(tag)?.fill === label.fill)
  const isNamed = tags.some((tag) => label.sees.includes(token.tags.get(tag)?.writeId ?? 0))
  if (isSeen) counts['served for the sake of a fill id only'] += 1
  else if (isNamed) counts['served for the sake of a write id only'] += 1
  return 'ids'
}
