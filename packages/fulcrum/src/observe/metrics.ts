import type { Observer } from '../kernel/observer.ts'
import { AuditCounts, type AuditReport } from './audit-counts.ts'
import { OperationMetrics } from './operation-metrics.ts'
import { type MetricsState, renderPrometheus } from './prometheus.ts'

/** The metrics of one application: an observer that keeps what it is told. */
export class Metrics implements Observer {
  readonly #operations: OperationMetrics[] = []
  readonly #audits: AuditCounts[] = []

  operation(name: string, kind: string): OperationMetrics {
    const metrics = new OperationMetrics(name, kind)
    this.#operations.push(metrics)
    return metrics
  }

  get operations(): readonly OperationMetrics[] {
    return this.#operations
  }

  /** Counts what the audit of an operation's answers finds. Called once per operation, at boot. */
  audit(operation: string): AuditCounts {
    const counts = new AuditCounts(operation)
    this.#audits.push(counts)
    return counts
  }

  get audits(): readonly AuditReport[] {
    return this.#audits.map(({ report }) => report)
  }

  /** In the Prometheus text format, version 0.0.4. */
  render(state: Omit<MetricsState, 'audits'>): string {
    return renderPrometheus(this.#operations, { ...state, audits: this.audits })
  }
}
