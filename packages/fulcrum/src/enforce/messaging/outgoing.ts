import type { Outbox, OutboxEvent } from '../../ports/outbox.ts'
import type { TransactionRunner } from '../../ports/store.ts'

/** Where the events of transactions go. */
export class Outgoing {
  readonly #outbox: Outbox
  readonly #listeners: (() => void)[] = []

  constructor(outbox: Outbox) {
    this.#outbox = outbox
  }

  /** Calls `listener` whenever this instance has committed events: whoever delivers them need not look for them. */
  onCommit(listener: () => void): void {
    this.#listeners.push(listener)
  }

  /** Writes the events of a transaction with its COMMIT. @throws FUL-3030 where an asynchronous schema refuses one. */
  async write(tx: TransactionRunner, events: readonly (OutboxEvent | Promise<OutboxEvent>)[]): Promise<void> {
    this.#outbox.append(tx, await Promise.all(events.map(async (event) => event)))
  }

  committed(): void {
    for (const listener of this.#listeners) listener()
  }
}
