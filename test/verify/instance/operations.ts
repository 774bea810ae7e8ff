import type { CacheTerms, Consistency } from 'fulcrum'

/** Rows of the table that is printed. */
export const LEVELS = [
  'strong',
  'eventual',
  'at most 100 ms old',
  'at most 500 ms old',
  'at most 5 s old',
  'read-your-writes',
  'monotonic',
  'causal',
] as const
export type Level = (typeof LEVELS)[number]

/** One query of the application: the same items under one contract. */
export interface ReadOperation {
  /** Also its path. */
  readonly name: string
  readonly level: Level
  readonly consistency: Consistency
  readonly cache?: CacheTerms
  /** It shares pipelined connections. */
  readonly short?: boolean
  /** Its statement takes some milliseconds: it ends long after its snapshot was taken, and what shares a connection with it begins late. */
  readonly slow?: boolean
}

const event = { strategy: 'aside', ttl: '5s' } as const
const ttl = { strategy: 'aside', ttl: '2s', invalidation: 'ttl' } as const
const shared = { ...event, tiers: ['shared'] } as const
const log = { strategy: 'aside', ttl: '20s', invalidation: 'log', tiers: ['local'] } as const
const ryw = { session: 'read-your-writes' } as const
const monotonic = { session: 'monotonic' } as const
const causal = { session: 'causal' } as const

/** Every level with every way to read: pipelined and not, cached in every way that it allows, and not. */
export const READS: readonly ReadOperation[] = [
  { name: 'strong', level: 'strong', consistency: 'strong', short: true },
  { name: 'strongAlone', level: 'strong', consistency: 'strong' },

  { name: 'eventual', level: 'eventual', consistency: 'eventual', short: true },
  { name: 'eventualEvent', level: 'eventual', consistency: 'eventual', cache: event },
  { name: 'eventualTtl', level: 'eventual', consistency: 'eventual', cache: ttl },
  {
    name: 'eventualOwn',
    level: 'eventual',
    consistency: 'eventual',
    cache: { ...event, scope: 'principal' },
  },
  { name: 'eventualShared', level: 'eventual', consistency: 'eventual', cache: shared },

  { name: 'old100', level: 'at most 100 ms old', consistency: { staleness: '100ms' }, short: true },
  { name: 'old100Event', level: 'at most 100 ms old', consistency: { staleness: '100ms' }, cache: event },
  { name: 'old100Shared', level: 'at most 100 ms old', consistency: { staleness: '100ms' }, cache: shared },
  { name: 'old100Log', level: 'at most 100 ms old', consistency: { staleness: '100ms' }, cache: log },

  { name: 'old500', level: 'at most 500 ms old', consistency: { staleness: '500ms' } },
  {
    name: 'old500Event',
    level: 'at most 500 ms old',
    consistency: { staleness: '500ms' },
    cache: event,
    short: true,
  },
  { name: 'old500Ttl', level: 'at most 500 ms old', consistency: { staleness: '500ms' }, cache: ttl },
  { name: 'old500Shared', level: 'at most 500 ms old', consistency: { staleness: '500ms' }, cache: shared },

  { name: 'old5000', level: 'at most 5 s old', consistency: { staleness: '5s' }, short: true },
  { name: 'old5000Ttl', level: 'at most 5 s old', consistency: { staleness: '5s' }, cache: ttl },
  { name: 'old5000Shared', level: 'at most 5 s old', consistency: { staleness: '5s' }, cache: shared },
  {
    name: 'old5000Stale',
    level: 'at most 5 s old',
    consistency: { staleness: '5s', onPartition: 'serve-stale', maxStale: '60s' },
    cache: { ...event, ttl: '1s', grace: '60s' },
  },

  { name: 'ryw', level: 'read-your-writes', consistency: ryw, short: true },
  { name: 'rywEvent', level: 'read-your-writes', consistency: ryw, cache: event, short: true },
  { name: 'rywTtl', level: 'read-your-writes', consistency: ryw, cache: { ...ttl, tiers: ['shared'] } },
  { name: 'rywLog', level: 'read-your-writes', consistency: ryw, cache: log },

  { name: 'monotonic', level: 'monotonic', consistency: monotonic, short: true },
  { name: 'monotonicEvent', level: 'monotonic', consistency: monotonic, cache: event, short: true },
  { name: 'monotonicTtl', level: 'monotonic', consistency: monotonic, cache: ttl },
  {
    name: 'monotonicSlow',
    level: 'monotonic',
    consistency: monotonic,
    cache: ttl,
    short: true,
    slow: true,
  },
  { name: 'monotonicShared', level: 'monotonic', consistency: monotonic, cache: shared, short: true },
  { name: 'monotonicLog', level: 'monotonic', consistency: monotonic, cache: log },
  { name: 'monotonicSnapshot', level: 'monotonic', consistency: { ...monotonic, snapshot: true } },
  {
    name: 'monotonicOld500',
    level: 'monotonic',
    consistency: { ...monotonic, staleness: '500ms' },
    cache: event,
  },

  { name: 'causal', level: 'causal', consistency: causal, short: true },
  { name: 'causalEvent', level: 'causal', consistency: causal, cache: event },
  { name: 'causalTtl', level: 'causal', consistency: causal, cache: { ...ttl, tiers: ['shared'] } },
  { name: 'causalSlow', level: 'causal', consistency: causal, cache: event, slow: true },
  { name: 'causalLog', level: 'causal', consistency: causal, cache: log, short: true },
]
