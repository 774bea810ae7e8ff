import type { NodeStatus } from '../../ports/store.ts'

/** Whether the application can take requests, and what it depends on. */
export interface Readiness {
  readonly ready: boolean
  /** `starting`, `running`, `draining`, …: for people. */
  readonly state: string
  readonly nodes: readonly NodeStatus[]
}

/** The document of `/readyz`. */
export function renderReadiness({ ready, state, nodes }: Readiness): string {
  const dependencies = nodes.map(({ name, role, healthy, problem }) => ({ name, role, healthy, problem }))
  return JSON.stringify({ ready, state, dependencies })
}
