import { parseDuration } from '../../kernel/duration.ts'
import type { Conflict } from './refusals.ts'
import { type Contract, member, type Rule } from './rule.ts'
import type { Terms } from './subject.ts'
import { isRecord } from './values.ts'

/** Rules over `consistency` and `cache`. */
export const FRESHNESS_RULES: readonly Rule[] = [
  { rule: 'A query with a `cache` is not strong.', conflicts: strongIsNotCached },
  {
    rule: "`onPartition: 'serve-stale'` needs a bound: a `staleness` other than `'any'`.",
    conflicts: staleNeedsBound,
  },
  {
    rule: "`maxStale` needs `onPartition: 'serve-stale'`, and is at least `staleness`.",
    conflicts: maxStaleNeedsStale,
  },
  {
    rule: "`cache.softTimeout` needs something that may stand in: `cache.grace` or `onPartition: 'serve-stale'`.",
    conflicts: softTimeoutNeedsStandIn,
  },
  {
    rule: "`cache.strategy: 'write-through'` needs `cache.inputOf`, and nothing else does.",
    conflicts: writeThroughNeedsInputs,
  },
  {
    rule: "`cache.strategy: 'write-through'` has `cache.invalidation` `'event'` or `'log'`.",
    conflicts: writeThroughNeedsTags,
  },
]

/** Whoever writes through has to know what to read, and whoever says what to read means to write through. */
function writeThroughNeedsInputs({ cache }: Contract): readonly Conflict[] {
  const found = member(cache, 'strategy')
  const inputOf = member(cache, 'inputOf')
  if (found === 'write-through' && inputOf === undefined) {
    const reason = 'it would not know which inputs to read anew when a tag has changed'
    const allowed = 'inputOf: { tag, input }, or strategy aside'
    return [{ field: 'cache.strategy', found, other: 'cache.inputOf, which is not stated', reason, allowed }]
  }
  if (found !== 'aside' || inputOf === undefined) return []
  const reason = 'nothing is read anew when a tag has changed'
  const allowed = "leaving it out, or strategy 'write-through'"
  return [{ field: 'cache.inputOf', found: inputOf, other: "cache.strategy 'aside'", reason, allowed }]
}

/** What is filled on one instance has to end what the others hold. */
function writeThroughNeedsTags({ cache }: Contract): readonly Conflict[] {
  const found = member(cache, 'invalidation')
  if (member(cache, 'strategy') !== 'write-through' || (found !== 'ttl' && found !== 'version')) return []
  return [
    {
      field: 'cache.invalidation',
      found,
      other: "cache.strategy 'write-through'",
      reason: 'a change would be filled where it was made, and not end what other instances hold',
      allowed: "'event' or 'log'",
    },
  ]
}

/** What a cache holds was true a moment ago; strong is what is true now. */
function strongIsNotCached({ cache, consistency }: Contract, { kind }: Terms): readonly Conflict[] {
  if (kind !== 'query' || cache === undefined || isRecord(consistency) || consistency === 'eventual')
    return []
  const other = consistency === undefined ? "consistency 'strong', the default" : "consistency 'strong'"
  const reason =
    'a strong answer has every change that was committed before the request, which no cache can know'
  const allowed = "leaving cache out, or consistency 'eventual' or an object that bounds it"
  return [{ field: 'cache.strategy', found: member(cache, 'strategy'), other, reason, allowed }]
}

function staleNeedsBound({ consistency }: Contract): readonly Conflict[] {
  const found = member(consistency, 'onPartition')
  if (found !== 'serve-stale' || parseDuration(member(consistency, 'staleness')) !== undefined) return []
  return [
    {
      field: 'consistency.onPartition',
      found,
      other: "consistency.staleness 'any'",
      reason: 'where any age is served anyway there is no bound that could fail to hold',
      allowed: "a staleness such as '30s', or leaving onPartition out",
    },
  ]
}

function maxStaleNeedsStale({ consistency }: Contract): readonly Conflict[] {
  const found = member(consistency, 'maxStale')
  if (parseDuration(found) === undefined) return []
  if (member(consistency, 'onPartition') !== 'serve-stale') {
    const reason = 'nothing beyond the bound is served'
    const allowed = "leaving it out, or onPartition 'serve-stale'"
    return [
      { field: 'consistency.maxStale', found, other: "consistency.onPartition 'reject'", reason, allowed },
    ]
  }
  const staleness = member(consistency, 'staleness')
  const bound = parseDuration(staleness)
  if (bound === undefined || (parseDuration(found) as number) >= bound) return []
  return [
    {
      field: 'consistency.maxStale',
      found,
      other: `consistency.staleness '${String(staleness)}'`,
      reason: 'what may be served in a partition is at least what may be served anyway',
      allowed: `at least '${String(staleness)}'`,
    },
  ]
}

function softTimeoutNeedsStandIn({ cache, consistency }: Contract): readonly Conflict[] {
  const found = member(cache, 'softTimeout')
  if (found === undefined) return []
  const standsIn =
    member(cache, 'grace') !== undefined || member(consistency, 'onPartition') === 'serve-stale'
  if (standsIn) return []
  const reason = 'nothing may be served in the meantime, so it would have no effect'
  const allowed = "cache.grace, onPartition 'serve-stale', or leaving it out"
  return [{ field: 'cache.softTimeout', found, other: 'cache.grace, which is not stated', reason, allowed }]
}
