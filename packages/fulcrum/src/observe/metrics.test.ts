import { describe, expect, it } from 'vitest'
import { Metrics } from './metrics.ts'

describe('Metrics', () => {
  const state = { nodes: [], inFlight: 2 }

  it('renders what operations reported, in the Prometheus text format', () => {
    const metrics = new Metrics()
    const probe = metrics.operation('profiles.get', 'query')
    probe.ok(2, 4)
    probe.ok(2, 40)
    probe.failed('profiles.NotFound')
    probe.retried('serialization failure')
    probe.statement('select *\n  from "profile"', 3, 1)
    const lines = metrics.render(state).split('\n')
    expect(lines).toContain(
      'fulcrum_operation_duration_seconds_bucket{operation="profiles.get",kind="query",source="replica",le="0.005"} 1',
    )
    expect(lines).toContain(
      'fulcrum_operation_duration_seconds_count{operation="profiles.get",kind="query",source="replica"} 2',
    )
    expect(lines).toContain(
      'fulcrum_operation_failures_total{operation="profiles.get",code="profiles.NotFound"} 1',
    )
    expect(lines).toContain(
      'fulcrum_statements_total{operation="profiles.get",statement="select * from \\"profile\\""} 1',
    )
    expect(lines).toContain('fulcrum_calls_in_flight 2')
  })

  it('keeps the number of statement texts bounded and loses none of the time', () => {
    const probe = new Metrics().operation('reports.run', 'query')
    for (let index = 0; index < 1000; index += 1) probe.statement(`select ${index}`, 1, 1)
    expect(probe.statements.length).toBeLessThanOrEqual(101)
    expect(probe.statements.reduce((sum, { ms }) => sum + ms, 0)).toBe(1000)
  })

  it('shows what has happened to calls, and nothing of what has not', () => {
    const metrics = new Metrics()
    const probe = metrics.operation('profiles.get', 'query')
    metrics.operation('orders.place', 'command')
    probe.noted('shared miss')
    probe.noted('shared miss')
    probe.noted('stale')
    const localCache = { entries: 3, bytes: 4_000, dropped: 2, evicted: 1 }
    const counters = { timedOut: 4, failed: 0, refused: 0, damaged: 0, dropped: 0, gaps: 0, lost: 0 }
    const text = metrics.render({ ...state, localCache, sharedCache: { isHealthy: false, counters } })
    expect(text).toContain('fulcrum_shared_cache_healthy 0\n')
    expect(text).toContain('fulcrum_shared_cache_problems_total{kind="timedOut"} 4\n')
    expect(text).toContain('fulcrum_cache_misses_total{operation="profiles.get",tier="shared"} 2\n')
    expect(text).toContain('fulcrum_stale_answers_total{operation="profiles.get"} 1\n')
    expect(text).toContain('fulcrum_local_cache_entries 3\n')
    expect(text).toContain('fulcrum_local_cache_dropped_total{reason="change"} 2\n')
    expect(text).not.toMatch(/orders\.place|tier="local"|session_resets/)
  })

  it('shows what audits have found, and nines of consistency', () => {
    const metrics = new Metrics()
    const counts = metrics.audit('profiles.get')
    expect(metrics.audits).toEqual([
      { operation: 'profiles.get', held: 0, allowed: 0, undeclared: 0, violated: 0, undecided: 0, nines: 0 },
    ])
    for (let index = 0; index < 999; index += 1) counts.count('held')
    counts.count('allowed')
    counts.count('undecided')
    expect(metrics.audits[0]?.nines).toBe(3)
    counts.count('violated')
    expect(metrics.audits[0]?.nines).toBeCloseTo(3, 3)
    counts.count('violated')
    expect(metrics.audits[0]?.nines).toBeCloseTo(2.7, 1)
    const text = metrics.render(state)
    expect(text).toContain('fulcrum_audited_answers_total{operation="profiles.get",outcome="violated"} 2\n')
    expect(text).toContain('fulcrum_consistency_nines{operation="profiles.get"} 2.69')
  })

  it('shows the lag of replicas behind the last known position of the primary', () => {
    const node = {
      healthy: true,
      problem: undefined,
      polledAt: 0,
      connections: { open: 1, idle: 1, waiting: 0 },
    }
    const nodes = [
      { ...node, name: 'a', role: 'primary' as const, position: { epoch: '1/1', lsn: 1000 } },
      { ...node, name: 'b', role: 'replica' as const, position: { epoch: '1/1', lsn: 400 } },
    ]
    expect(new Metrics().render({ nodes, inFlight: 0 })).toContain('fulcrum_replica_lag_bytes{node="b"} 600')
  })
})
