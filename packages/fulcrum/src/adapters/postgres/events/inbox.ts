import { ALONE } from '../../../ports/own-work.ts'
import type { ForeignEvent, Inbox } from '../../../ports/inbox.ts'
import type { CallFacts, Store } from '../../../ports/store.ts'
import { listOf } from './outbox.ts'
import { ACCEPT, FORGET_ACCEPTED } from './sql/inbox.ts'

/** Notes in `fulcrum.inbox`, events in `fulcrum.outbox`. Without a state of its own. */
export class PostgresInbox implements Inbox {
  readonly #store: Store

  constructor(store: Store) {
    this.#store = store
  }

  async accept(call: CallFacts, events: readonly ForeignEvent[]): Promise<readonly boolean[]> {
    if (events.length === 0) return []
    const { value } = await this.#store.transaction(ALONE, call, (tx) =>
      tx.run<{ readonly inbox_id: string }>(ACCEPT, [listOf(events)]),
    )
    const written = new Set(value.rows.map(({ inbox_id: id }) => id.replaceAll('-', '')))
    // The first of those that are the same is the one that was written.
    return events.map(({ inboxId }) => written.delete(inboxId))
  }

  async forget(call: CallFacts, keep: number, most: number): Promise<number> {
    const { value } = await this.#store.transaction(ALONE, call, (tx) =>
      tx.run(FORGET_ACCEPTED, [keep, most]),
    )
    return value.rowCount
  }
}
