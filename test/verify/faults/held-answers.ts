import { setTimeout as sleep } from 'node:timers/promises'
import type { Kind } from '../cluster/proxy-protocol.ts'
import type { Fault } from './fault.ts'
import { repeat } from './repeat.ts'

/** The change stream tells everything later; everything else is as fast as ever. */
export const lateStream: Fault = {
  name: 'a change stream that lags',
  during: held('change stream', { ms: 300, pause: 300 }),
}

/** What the primary says of its position arrives late. */
export const latePolls: Fault = {
  name: 'positions that arrive late',
  during: held('positions', { ms: 400, pause: 150 }),
}

/** Again and again, answers are kept back for so many milliseconds, and let go. */
function held(answers: Kind, { ms, pause }: Held): Fault['during'] {
  return ({ proxies }, span) =>
    repeat(span, async () => {
      await proxies.order({ do: 'hold', answers })
      await sleep(ms)
      await proxies.order({ do: 'release', answers })
      await sleep(pause)
    })
}

interface Held {
  readonly ms: number
  readonly pause: number
}
