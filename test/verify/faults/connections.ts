import { setTimeout as sleep } from 'node:timers/promises'
import type { Fault } from './fault.ts'
import { repeat } from './repeat.ts'

/** COMMITs that do not arrive, COMMITs whose answer does not arrive. */
export const cutCommits: Fault = {
  name: 'connections cut at COMMIT',
  during: ({ proxies }, span) =>
    repeat(span, async () => {
      await proxies.order({ do: 'cut commits', count: 3 })
      await sleep(250)
    }),
}

/** One instance after the other is gone in the middle of whatever it does. */
export const killedInstance: Fault = {
  name: 'instances killed',
  during: ({ instances }, span) =>
    repeat(span, async (index) => {
      const instance = instances[index % instances.length]
      await instance?.kill()
      await sleep(300)
      await instance?.start()
      await sleep(700)
    }),
}
