import { DEFAULT_INVALIDATION, DEFAULT_JITTER } from '../declare/contract/defaults.ts'
import type { CacheTerms, Contract } from '../declare/contract/contract.ts'
import type { CacheScope, CacheTier } from '../declare/contract/vocabulary.ts'
import { formatDuration, parseDuration } from '../kernel/duration.ts'
import { freshnessOf } from './freshness.ts'
import type { Capabilities, Demands } from './plan.ts'
import { absent, type Drawing, present } from './stages.ts'

const PERSONAL: readonly unknown[] = ['personal', 'financial', 'health']

/** Whose entries they are: stated, or by the class of the data. */
export function cacheScope({ cache, data }: Contract): CacheScope {
  return cache?.scope ?? (PERSONAL.includes(data?.class) ? 'principal' : 'public')
}

/** version → local cache → shared cache → single-flight → fill, where the contract caches. `wrap` has no capabilities: its cache is in the process. */
export function cacheStages(contract: Contract, capabilities: Capabilities): Drawing[] {
  const { cache } = contract
  if (cache === undefined) return []
  const tiers = tiersOf(cache, capabilities)
  return [
    ...version(cache),
    local(contract, tiers),
    shared(contract, tiers, capabilities),
    flight(contract, cache, tiers),
    fill(contract, cache),
  ]
}

function demandsOf(contract: Contract): Demands {
  const { session: level, bounds } = freshnessOf(contract)
  return { level, bounds }
}

function tiersOf({ tiers }: CacheTerms, { sharedCache }: Capabilities): readonly CacheTier[] {
  return tiers ?? (sharedCache === undefined ? ['local'] : ['local', 'shared'])
}

function version({ invalidation }: CacheTerms): Drawing[] {
  if (invalidation !== 'version') return []
  const reason =
    "cache.invalidation is 'version': the version of its entries is a part of their keys, and is asked for once a second, so that within a second after `app.bumpVersion` no instance serves what was read before"
  return [present({ stage: 'version', reason })]
}

function local(contract: Contract, tiers: readonly CacheTier[]): Drawing {
  if (!tiers.includes('local')) return absent('local cache', "cache.tiers leaves out 'local'")
  const scope = cacheScope(contract)
  const whose = {
    public: 'one entry for everybody',
    tenant: 'an entry per tenant',
    principal: 'an entry per principal, so that nobody is served what belongs to another',
  }[scope]
  const reason = `an answer that is at hand in this process and known to be good enough is served at once; ${whose}`
  return present({ stage: 'local cache', ...demandsOf(contract), reason })
}

function shared(contract: Contract, tiers: readonly CacheTier[], capabilities: Capabilities): Drawing {
  const { sharedCache } = capabilities
  if (tiers.includes('shared') && sharedCache !== undefined) {
    const reason = `what another instance has read is taken from ${sharedCache.name}, if its label shows that it is good enough; while ${sharedCache.name} is away, the database answers`
    return present({ stage: 'shared cache', ...demandsOf(contract), reason })
  }
  if (contract.cache?.tiers !== undefined) return absent('shared cache', "cache.tiers leaves out 'shared'")
  return absent('shared cache', 'no shared cache is configured: each instance fills a cache of its own')
}

function flight(contract: Contract, cache: CacheTerms, tiers: readonly CacheTier[]): Drawing {
  const { bounds } = freshnessOf(contract)
  const across = tiers.includes('shared') ? 'instances' : 'process'
  const where = across === 'instances' ? 'on all instances together' : 'in this process'
  const standIns = [
    cache.staleWhileRevalidate &&
      `for ${cache.staleWhileRevalidate} after its expiry an entry is served while it is read anew`,
    cache.softTimeout && `one that is left stands in when the origin takes longer than ${cache.softTimeout}`,
    cache.grace && `and when the origin fails, for ${cache.grace}`,
    bounds.inPartition > bounds.staleness &&
      bounds.staleness < Infinity &&
      `while the origin fails, one up to ${formatDuration(bounds.inPartition)} old is served, and the answer says so`,
  ].filter((sentence) => typeof sentence === 'string')
  const reason = [`however many ask for one key at once, it is read once ${where}`, ...standIns].join('; ')
  return present({
    stage: 'single-flight',
    across,
    ...demandsOf(contract),
    staleWhileRevalidate: parseDuration(cache.staleWhileRevalidate) ?? 0,
    grace: parseDuration(cache.grace) ?? 0,
    softTimeout: parseDuration(cache.softTimeout) ?? Infinity,
    reason,
  })
}

function fill(contract: Contract, cache: CacheTerms): Drawing {
  const { staleness, inPartition } = freshnessOf(contract).bounds
  const { invalidation = DEFAULT_INVALIDATION, jitter = DEFAULT_JITTER, refreshEarly = false } = cache
  const ttl = parseDuration(cache.ttl) ?? 0
  const partition = staleness < Infinity && inPartition > staleness ? inPartition : 0
  const swr = parseDuration(cache.staleWhileRevalidate) ?? 0
  const keep = Math.max(swr, parseDuration(cache.grace) ?? 0, partition - ttl, 0)
  const ends = {
    event: 'a command that changes one of its tags ends it',
    ttl: 'nothing else ends it',
    log: 'a change of the rows behind it ends it, whoever makes it',
    version: 'a new version of the operation leaves it behind',
  }[invalidation]
  const early = refreshEarly ? '; busy entries are read anew a little before their expiry' : ''
  const writesThrough = cache.strategy === 'write-through'
  const again = writesThrough
    ? '; what cache.inputOf names is read anew on the primary after COMMIT, before the command answers'
    : ''
  const reason = `kept for ${cache.ttl}${jitter === 0 ? '' : `, less up to ${jitter} %`}; ${ends}${early}${again}`
  const negativeTtl = parseDuration(cache.negativeTtl) ?? 0
  return present({
    stage: 'fill',
    scope: cacheScope(contract),
    ttl,
    jitter: jitter / 100,
    negativeTtl,
    refreshEarly,
    keep,
    invalidation,
    writesThrough,
    reason,
  })
}
