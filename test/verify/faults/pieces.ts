import { setTimeout as sleep } from 'node:timers/promises'
import type { Fault } from './fault.ts'
import { repeat } from './repeat.ts'

/** What is sent to PostgreSQL at once gets there in pieces: between the question for a position and that for the data, others write. */
export const pieces: Fault = {
  name: 'questions that arrive in pieces',
  during: ({ proxies }, span) =>
    repeat(span, async (index) => {
      await proxies.order({ do: 'split', ms: 20 + 20 * (index % 3) })
      await sleep(400)
      await proxies.order({ do: 'split', ms: 0 })
      await sleep(200)
    }),
}
