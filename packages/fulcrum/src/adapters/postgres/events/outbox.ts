import type { Outbox, OutboxEvent } from '../../../ports/outbox.ts'
import type { TransactionRunner } from '../../../ports/store.ts'
import { APPEND_MANY, APPEND_ONE } from './sql/append.ts'

/** Events in `fulcrum.outbox`. */
export const postgresOutbox: Outbox = Object.freeze({
  append(tx: TransactionRunner, events: readonly OutboxEvent[]): void {
    const [only, ...more] = events
    if (only === undefined) return
    if (more.length > 0) tx.withCommit(APPEND_MANY, [`[${events.map(rowOf).join(',')}]`])
    else tx.withCommit(APPEND_ONE, [only.id, only.type, only.time, only.key, only.data, only.expires])
  },
})

/** The data is JSON already. */
function rowOf({ data, ...columns }: OutboxEvent): string {
  return `${JSON.stringify(columns).slice(0, -1)},"data":${data}}`
}
