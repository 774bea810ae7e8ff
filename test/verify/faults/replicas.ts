import { setTimeout as sleep } from 'node:timers/promises'
import type { Fault } from './fault.ts'

/** Instances do not reach any replica. */
export const noReplicas: Fault = {
  name: 'no replica in reach',
  during: async ({ proxies, cluster: { replicas } }, ms) => {
    await proxies.order({ do: 'shut', route: 'replica_1' })
    await proxies.order({ do: 'shut', route: 'replica_2' })
    await sleep(ms * 0.8)
    await proxies.order({ do: 'point', route: 'replica_1', port: replicas[0].port })
    await proxies.order({ do: 'point', route: 'replica_2', port: replicas[1].port })
    await sleep(ms * 0.2)
  },
}
