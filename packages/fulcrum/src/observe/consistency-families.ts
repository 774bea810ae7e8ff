import type { CallEvent } from '../kernel/observer.ts'
import type { SharedCacheCounters } from '../ports/shared-cache.ts'
import type { OperationMetrics } from './operation-metrics.ts'
import type { Family, Labels, Sample } from './prometheus-text.ts'

/** What the cache in the process holds, and what has become of its entries. */
export interface LocalCacheState {
  readonly entries: number
  /** About what they take in memory. */
  readonly bytes: number
  /** Dropped because something that they show has changed. */
  readonly dropped: number
  /** Dropped to make room. */
  readonly evicted: number
}

/** What the keys of a query with cached answers are asked for. */
export interface KeyTrafficState {
  readonly operation: string
  /** Hottest first. */
  readonly hot: readonly { readonly share: number }[]
}

interface EventFamily {
  readonly name: string
  readonly help: string
  /** Further labels, by event. */
  readonly events: Readonly<Partial<Record<CallEvent, Labels>>>
}

const EVENT_FAMILIES: readonly EventFamily[] = [
  {
    name: 'fulcrum_cache_misses_total',
    help: 'Calls that a tier of the cache did not answer. Those that it did have a duration with it as their source.',
    events: { 'local miss': { tier: 'local' }, 'shared miss': { tier: 'shared' } },
  },
  {
    name: 'fulcrum_cache_fills_total',
    help: 'Answers that were read to be kept.',
    events: { fill: {} },
  },
  {
    name: 'fulcrum_cache_leases_total',
    help: 'Readings on behalf of all instances, and waits for those of other instances.',
    events: { lease: { outcome: 'taken' }, 'wait for lease': { outcome: 'waited' } },
  },
  {
    name: 'fulcrum_stale_answers_total',
    help: 'Answers that were past their bound or stood in for a better one, and said so.',
    events: { stale: {} },
  },
  {
    name: 'fulcrum_session_resets_total',
    help: 'Sessions of which something that they had written or seen was lost with an epoch.',
    events: { 'session reset': {} },
  },
  {
    name: 'fulcrum_replica_waits_total',
    help: 'Reads that waited for a replica that was about to have what they need.',
    events: { 'wait for replica': {} },
  },
  {
    name: 'fulcrum_lost_calls_total',
    help: 'Calls that were answered as accepted and not carried out after all. The log has the reasons.',
    events: { lost: {} },
  },
]

/** What has happened so far; an operation to which it cannot happen has no sample. */
export function eventFamilies(operations: readonly OperationMetrics[]): Family[] {
  return EVENT_FAMILIES.map(({ name, help, events }) => ({
    name,
    help,
    type: 'counter',
    samples: operations.flatMap((metrics) => samplesOf(metrics, events)),
  }))
}

function samplesOf({ operation, events }: OperationMetrics, labels: EventFamily['events']): Sample[] {
  return Object.entries(labels).flatMap(([event, more]): Sample[] => {
    const count = events[event as CallEvent]
    return count === 0 ? [] : [['', { operation, ...more }, count]]
  })
}

/** The cache that all instances share, as this instance sees it. */
export interface SharedCacheState {
  readonly isHealthy: boolean
  readonly counters: SharedCacheCounters
}

export function sharedCacheFamilies(state: SharedCacheState | undefined): Family[] {
  if (state === undefined) return []
  return [
    {
      name: 'fulcrum_shared_cache_healthy',
      type: 'gauge',
      help: '1 while the cache that all instances share answers.',
      samples: [['', {}, state.isHealthy ? 1 : 0]],
    },
    {
      name: 'fulcrum_shared_cache_problems_total',
      type: 'counter',
      help: 'What has gone wrong with the cache that all instances share, by kind.',
      samples: Object.entries(state.counters).map(([kind, count]): Sample => ['', { kind }, Number(count)]),
    },
  ]
}

export function localCacheFamilies(state: LocalCacheState | undefined): Family[] {
  if (state === undefined) return []
  const { entries, bytes, dropped, evicted } = state
  return [
    {
      name: 'fulcrum_local_cache_entries',
      type: 'gauge',
      help: 'Entries of the cache in the process.',
      samples: [['', {}, entries]],
    },
    {
      name: 'fulcrum_local_cache_bytes',
      type: 'gauge',
      help: 'About what the entries of the cache in the process take in memory.',
      samples: [['', {}, bytes]],
    },
    {
      name: 'fulcrum_local_cache_dropped_total',
      type: 'counter',
      help: 'Entries of the cache in the process that were dropped before their time, by reason.',
      samples: [
        ['', { reason: 'change' }, dropped],
        ['', { reason: 'room' }, evicted],
      ],
    },
  ]
}

/** How many, and how hot; which keys they are is no label. */
export function hotKeyFamilies(traffic: readonly KeyTrafficState[]): Family[] {
  return [
    {
      name: 'fulcrum_hot_keys',
      type: 'gauge',
      help: 'Keys of a cached query that at least 2 % of its look-ups, and about 50 per second, are for.',
      samples: traffic.map(({ operation, hot }): Sample => ['', { operation }, hot.length]),
    },
    {
      name: 'fulcrum_hottest_key_share',
      type: 'gauge',
      help: 'The part of the look-ups of a cached query that are for its hottest key; 0 without a hot one.',
      samples: traffic.map(({ operation, hot }): Sample => ['', { operation }, hot[0]?.share ?? 0]),
    },
  ]
}
