import { Outgoing } from '../enforce/messaging/outgoing.ts'
import { Relay } from '../enforce/messaging/relay.ts'
import type { Runtime } from '../enforce/runtime/runtime.ts'
import type { Disposer } from '../kernel/disposal.ts'
import type { Subscriptions } from '../ports/subscriptions.ts'
import type { AppParts } from './application.ts'
import type { HeldStore } from './store-option.ts'

/** The events of an application: where they go, and what delivers them. Made → opened with the store → started with the runtime. */
export class ApplicationEvents {
  readonly #parts: AppParts
  #outgoing: Outgoing | undefined
  #subscriptions: Subscriptions | undefined

  constructor(parts: AppParts) {
    this.#parts = parts
  }

  /** `undefined` without a store that keeps events. */
  get outgoing(): Outgoing | undefined {
    return this.#outgoing
  }

  open({ outbox, subscriptions }: HeldStore): void {
    this.#outgoing = outbox && new Outgoing(outbox)
    this.#subscriptions = subscriptions
  }

  /** Begins to deliver, where there are subscribers. When it stops, transactions in progress are finished first. */
  async start({ subscribers }: Runtime, disposer: Disposer): Promise<void> {
    const outgoing = this.#outgoing
    const subscriptions = this.#subscriptions
    if (outgoing === undefined || subscriptions === undefined || subscribers.length === 0) return
    const relay = new Relay({ ...this.#parts, subscribers, subscriptions, outgoing })
    disposer.use('delivery of events', () => relay.stop())
    await relay.start()
  }
}
