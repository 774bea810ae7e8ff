import { setTimeout as sleep } from 'node:timers/promises'
import type { Fault } from './fault.ts'
import { repeat } from './repeat.ts'

/** The change stream tells everything later; everything else is as fast as ever. */
export const lateStream: Fault = {
  name: 'a change stream that lags',
  during: ({ proxies }, span) =>
    repeat(span, async () => {
      await proxies.order({ do: 'hold', answers: 'change stream' })
      await sleep(300)
      await proxies.order({ do: 'release', answers: 'change stream' })
      await sleep(300)
    }),
}

/** What the primary says of its position arrives late. */
export const latePolls: Fault = {
  name: 'positions that arrive late',
  during: ({ proxies }, span) =>
    repeat(span, async () => {
      await proxies.order({ do: 'hold', answers: 'positions' })
      await sleep(400)
      await proxies.order({ do: 'release', answers: 'positions' })
      await sleep(150)
    }),
}
