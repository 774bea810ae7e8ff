import type { NodeStatus } from '../ports/store.ts'
import type { SubscriptionCounts } from '../ports/subscriptions.ts'
import { AUDIT_OUTCOMES, type AuditReport } from './audit-counts.ts'
import { eventDeliveryFamilies } from './event-families.ts'
import type { Histogram } from './histogram.ts'
import {
  eventFamilies,
  hotKeyFamilies,
  type KeyTrafficState,
  type LocalCacheState,
  localCacheFamilies,
  sharedCacheFamilies,
  type SharedCacheState,
} from './consistency-families.ts'
import { jobFamilies, type JobsState } from './job-families.ts'
import type { OperationMetrics } from './operation-metrics.ts'
import { type Family, type Labels, renderFamily, type Sample } from './prometheus-text.ts'

export interface MetricsState {
  readonly nodes: readonly NodeStatus[]
  readonly inFlight: number
  readonly audits: readonly AuditReport[]
  /** Of operations with cached answers. Default: none. */
  readonly keyTraffic?: readonly KeyTrafficState[]
  /** `undefined` without a cache in the process. */
  readonly localCache?: LocalCacheState | undefined
  /** `undefined` without subscribers. */
  readonly events?: readonly SubscriptionCounts[] | undefined
  /** `undefined` without jobs. */
  readonly jobs?: JobsState | undefined
  /** `undefined` without one. */
  readonly sharedCache?: SharedCacheState | undefined
}

const BOUNDS_MS = [1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000]
const LONGEST_STATEMENT = 500

/** The Prometheus text exposition format, 0.0.4. Labels come from declarations and statement texts, never from requests. */
export function renderPrometheus(operations: readonly OperationMetrics[], state: MetricsState): string {
  const families = [
    ...operationFamilies(operations),
    ...statementFamilies(operations),
    ...eventFamilies(operations),
    ...localCacheFamilies(state.localCache),
    ...hotKeyFamilies(state.keyTraffic ?? []),
    ...sharedCacheFamilies(state.sharedCache),
    ...jobFamilies(state.jobs),
    ...eventDeliveryFamilies(state.events),
    ...auditFamilies(state.audits),
    ...stateFamilies(state),
  ]
  return families.map(renderFamily).join('')
}

function operationFamilies(operations: readonly OperationMetrics[]): Family[] {
  return [
    {
      name: 'fulcrum_operation_duration_seconds',
      type: 'histogram',
      help: 'Duration of successful calls, by what served them.',
      samples: operations.flatMap(durationSamples),
    },
    {
      name: 'fulcrum_operation_failures_total',
      type: 'counter',
      help: 'Failed calls, by error code.',
      samples: operations.flatMap(({ operation, failures }) =>
        counts(failures, (code) => ({ operation, code })),
      ),
    },
    {
      name: 'fulcrum_operation_retries_total',
      type: 'counter',
      help: 'Attempts that were repeated, by reason.',
      samples: operations.flatMap(({ operation, retries }) =>
        counts(retries, (reason) => ({ operation, reason })),
      ),
    },
  ]
}

function durationSamples({ operation, kind, durations }: OperationMetrics): Sample[] {
  return durations.flatMap(({ source, histogram }) =>
    histogramSamples({ operation, kind, source }, histogram),
  )
}

function histogramSamples(labels: Labels, histogram: Histogram): Sample[] {
  const buckets = BOUNDS_MS.map((ms): Sample => [
    '_bucket',
    { ...labels, le: String(ms / 1000) },
    histogram.atMost(ms),
  ])
  return [
    ...buckets,
    ['_bucket', { ...labels, le: '+Inf' }, histogram.count],
    ['_sum', labels, histogram.sum / 1000],
    ['_count', labels, histogram.count],
  ]
}

function statementFamilies(operations: readonly OperationMetrics[]): Family[] {
  const each = (value: (timing: OperationMetrics['statements'][number]) => number): Sample[] =>
    operations.flatMap(({ operation, statements }) =>
      statements.map((timing): Sample => ['', { operation, statement: oneLine(timing.text) }, value(timing)]),
    )
  return [
    {
      name: 'fulcrum_statements_total',
      type: 'counter',
      help: 'Statements run, by operation and text.',
      samples: each(({ count }) => count),
    },
    {
      name: 'fulcrum_statement_seconds_total',
      type: 'counter',
      help: 'Time spent in statements, by operation and text.',
      samples: each(({ ms }) => ms / 1000),
    },
    {
      name: 'fulcrum_statement_rows_total',
      type: 'counter',
      help: 'Rows that statements returned or changed, by operation and text.',
      samples: each(({ rows }) => rows),
    },
  ]
}

function auditFamilies(audits: readonly AuditReport[]): Family[] {
  return [
    {
      name: 'fulcrum_audited_answers_total',
      type: 'counter',
      help: 'Answers of caches and replicas that were compared with the primary, by what that came to.',
      samples: audits.flatMap((report) =>
        AUDIT_OUTCOMES.map((outcome): Sample => [
          '',
          { operation: report.operation, outcome },
          report[outcome],
        ]),
      ),
    },
    {
      name: 'fulcrum_consistency_nines',
      type: 'gauge',
      help: 'Nines of consistency that the audit has found so far.',
      samples: audits.map(({ operation, nines }): Sample => ['', { operation }, nines]),
    },
  ]
}

function stateFamilies({ nodes, inFlight }: MetricsState): Family[] {
  return [
    {
      name: 'fulcrum_calls_in_flight',
      type: 'gauge',
      help: 'Calls being worked on.',
      samples: [['', {}, inFlight]],
    },
    {
      name: 'fulcrum_node_healthy',
      type: 'gauge',
      help: '1 while the database node is reachable and in its role.',
      samples: nodes.map(({ name, role, healthy }): Sample => ['', { node: name, role }, healthy ? 1 : 0]),
    },
    {
      name: 'fulcrum_node_connections',
      type: 'gauge',
      help: 'Connections to the node, and callers that wait for one.',
      samples: nodes.flatMap(({ name: node, connections }) =>
        counts(new Map(Object.entries(connections)), (state) => ({ node, state })),
      ),
    },
    {
      name: 'fulcrum_fences_total',
      type: 'counter',
      help: 'Messages written into the log of a primary that nobody else wrote to, so that it goes on.',
      samples: nodes.flatMap(({ name: node, role, fences = 0 }): Sample[] =>
        role === 'primary' ? [['', { node }, fences]] : [],
      ),
    },
    {
      name: 'fulcrum_replica_lag_bytes',
      type: 'gauge',
      help: 'How far the replica is behind the last known position of the primary.',
      samples: replicaLag(nodes),
    },
  ]
}

function replicaLag(nodes: readonly NodeStatus[]): Sample[] {
  const primary = nodes.find(({ role }) => role === 'primary')?.position
  return nodes.flatMap(({ name, role, position }): Sample[] => {
    if (role !== 'replica' || position === undefined || primary === undefined) return []
    if (position.epoch !== primary.epoch) return []
    return [['', { node: name }, Math.max(0, primary.lsn - position.lsn)]]
  })
}

function counts(values: ReadonlyMap<string, number>, labels: (key: string) => Labels): Sample[] {
  return [...values].map(([key, value]): Sample => ['', labels(key), value])
}

function oneLine(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim()
  return line.length > LONGEST_STATEMENT ? `${line.slice(0, LONGEST_STATEMENT)}…` : line
}
