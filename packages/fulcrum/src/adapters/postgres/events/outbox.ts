import type { Outbox, OutboxEvent } from '../../../ports/outbox.ts'
import type { TransactionRunner } from '../../../ports/store.ts'
import { APPEND_MANY, APPEND_ONE } from './sql/append.ts'

/** Events in `fulcrum.outbox`. */
export const postgresOutbox: Outbox = Object.freeze({
  append(tx: TransactionRunner, events: readonly OutboxEvent[]): void {
    const [only, ...more] = events
    if (only === undefined) return
    if (more.length > 0) tx.withCommit(APPEND_MANY, [listOf(events)])
    else tx.withCommit(APPEND_ONE, valuesOf(only))
  },
})

function valuesOf({ id, type, time, key, data, expires, envelope }: OutboxEvent): readonly unknown[] {
  return [id, type, time, key, data, expires, envelope && JSON.stringify(envelope)]
}

/** Events as the statements take a list of them. */
export function listOf(events: readonly OutboxEvent[]): string {
  return `[${events.map(rowOf).join(',')}]`
}

/** The data is JSON already. */
function rowOf({ data, ...columns }: OutboxEvent): string {
  return `${JSON.stringify(columns).slice(0, -1)},"data":${data}}`
}
