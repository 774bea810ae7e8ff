import {
  startTestCluster,
  type TestCluster,
} from '../../packages/fulcrum/src/adapters/embedded-postgres/test-cluster.ts'
import { createRealClock } from '../../packages/fulcrum/src/kernel/clock-real.ts'
import { createRealRandom } from '../../packages/fulcrum/src/kernel/random-real.ts'

/** A PostgreSQL of its own for one benchmark, as durable as in production. */
export function startBenchCluster(replicas = 0): Promise<TestCluster> {
  const parts = { clock: createRealClock(), random: createRealRandom() }
  return startTestCluster({ replicas, durable: true }, parts)
}
