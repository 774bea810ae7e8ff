import { setTimeout as sleep } from 'node:timers/promises'
import type { Fault } from './fault.ts'

/** Instances do not reach any replica. */
export const noReplicas: Fault = {
  name: 'no replica in reach',
  without: ['replica'],
  during: async ({ proxies, cluster: { replicas } }, span) => {
    await proxies.order({ do: 'shut', route: 'replica_1' })
    await proxies.order({ do: 'shut', route: 'replica_2' })
    await span.over()
    await proxies.order({ do: 'point', route: 'replica_1', port: replicas[0].port })
    await proxies.order({ do: 'point', route: 'replica_2', port: replicas[1].port })
    await sleep(span.ms * 0.2)
  },
}
