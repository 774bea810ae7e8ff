import type { Observer } from '../kernel/observer.ts'
import type { NodeStatus } from '../ports/store.ts'
import { OperationMetrics } from './operation-metrics.ts'
import { renderPrometheus } from './prometheus.ts'

/** The metrics of one application: an observer that keeps what it is told. */
export class Metrics implements Observer {
  readonly #operations: OperationMetrics[] = []

  operation(name: string, kind: string): OperationMetrics {
    const metrics = new OperationMetrics(name, kind)
    this.#operations.push(metrics)
    return metrics
  }

  get operations(): readonly OperationMetrics[] {
    return this.#operations
  }

  /** In the Prometheus text format, version 0.0.4. */
  render(state: { readonly nodes: readonly NodeStatus[]; readonly inFlight: number }): string {
    return renderPrometheus(this.#operations, state)
  }
}
