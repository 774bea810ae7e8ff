/** The literals of the contract: each list is both the type and what the validator allows. */

export const CONSISTENCY_LEVELS = ['strong', 'eventual'] as const
export const SESSION_LEVELS = ['none', 'read-your-writes', 'monotonic', 'causal'] as const
export const ON_PARTITION = ['reject', 'serve-stale'] as const
export const ISOLATION_LEVELS = ['serializable', 'repeatable read', 'read committed'] as const
export const JOB_SCOPES = ['run', 'statement'] as const
export const DURABILITY = ['local', 'replicated'] as const
export const IF_MATCH = [false, true, 'optional'] as const
export const CACHE_STRATEGIES = ['aside', 'write-through', 'write-behind'] as const
export const INVALIDATIONS = ['event', 'ttl', 'log', 'version'] as const
export const CACHE_TIERS = ['local', 'shared'] as const
export const CACHE_SCOPES = ['public', 'tenant', 'principal'] as const
export const ACKNOWLEDGE = ['durable', 'accepted'] as const
export const IN_FLIGHT = ['reject', 'wait'] as const
export const LIMIT_BY = ['principal', 'tenant', 'ip'] as const
export const CRITICALITY = ['critical', 'default', 'sheddable'] as const
/** From least to most sensitive. */
export const DATA_CLASSES = ['public', 'internal', 'personal', 'financial', 'health'] as const

export type SessionLevel = (typeof SESSION_LEVELS)[number]
export type OnPartition = (typeof ON_PARTITION)[number]
export type IsolationLevel = (typeof ISOLATION_LEVELS)[number]
export type JobScope = (typeof JOB_SCOPES)[number]
export type Durability = (typeof DURABILITY)[number]
export type IfMatch = (typeof IF_MATCH)[number]
export type CacheStrategy = (typeof CACHE_STRATEGIES)[number]
export type Invalidation = (typeof INVALIDATIONS)[number]
export type CacheTier = (typeof CACHE_TIERS)[number]
export type CacheScope = (typeof CACHE_SCOPES)[number]
export type Acknowledge = (typeof ACKNOWLEDGE)[number]
export type InFlight = (typeof IN_FLIGHT)[number]
export type LimitBy = (typeof LIMIT_BY)[number]
export type Criticality = (typeof CRITICALITY)[number]
export type DataClass = (typeof DATA_CLASSES)[number]
