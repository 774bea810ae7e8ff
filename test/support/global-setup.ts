import type { TestProject } from 'vitest/node'
import { startTestCluster } from '../../packages/fulcrum/src/adapters/embedded-postgres/test-cluster.ts'
import { clock, random } from './parts.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    /** The cluster that all integration tests share: URLs of its maintenance database. Use `freshDatabase()`. */
    readonly cluster: { readonly primaryUrl: string; readonly replicaUrl: string }
  }
}

/** Starts one primary and one streaming replica for the whole run; gives its end to vitest. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const cluster = await startTestCluster(
    { replicas: 1, settings: { max_connections: 400 } },
    { clock, random },
  )
  project.provide('cluster', { primaryUrl: cluster.primaryUrl, replicaUrl: cluster.replicaUrls[0] as string })
  return () => cluster.stop()
}
