import { Outgoing } from '../enforce/messaging/outgoing.ts'
import { Relay } from '../enforce/messaging/relay.ts'
import { Sweeper } from '../enforce/sweeper.ts'
import type { Runtime } from '../enforce/runtime/runtime.ts'
import type { Disposer } from '../kernel/disposal.ts'
import { parseDuration } from '../kernel/duration.ts'
import { fulcrumError } from '../kernel/errors/fulcrum-error.ts'
import { ownFacts } from '../ports/own-work.ts'
import type { SubscriptionCounts, Subscriptions } from '../ports/subscriptions.ts'
import { stageOf } from '../plan/plan.ts'
import type { AppParts } from './app-parts.ts'
import type { Booted } from './boot.ts'
import type { AppConfig } from './config.ts'
import { type EventsOfApp, eventsOf } from './events.ts'
import type { HeldStore } from './store-option.ts'

const KEEP_MS = 7 * 24 * 3_600_000

export interface ApplicationEventsParts extends AppParts {
  readonly config: AppConfig
  readonly booted: Booted
}

/** The events of an application: where they go, and what delivers and deletes them. Made → opened with the store → started with the runtime. */
export class ApplicationEvents {
  readonly #parts: ApplicationEventsParts
  #outgoing: Outgoing | undefined
  #subscriptions: Subscriptions | undefined
  #relay: Relay | undefined

  constructor(parts: ApplicationEventsParts) {
    this.#parts = parts
  }

  /** `undefined` without a store that keeps events. */
  get outgoing(): Outgoing | undefined {
    return this.#outgoing
  }

  /** What was not delivered when it was last counted; `undefined` without subscribers. */
  get counts(): readonly SubscriptionCounts[] | undefined {
    return this.#relay?.counts
  }

  get view(): EventsOfApp {
    const subscriptions = this.#subscriptions
    if (subscriptions === undefined || !this.#hasEvents) {
      const reason = 'the application has not started, or has neither events nor subscribers'
      throw fulcrumError('FUL-3012', { part: 'app.events', reason })
    }
    const own = this.#parts.booted.operations.map(({ operation }) => operation.name)
    return eventsOf({ subscriptions, clock: this.#parts.clock, own, wake: () => this.#relay?.wake() })
  }

  open({ outbox, subscriptions }: HeldStore): void {
    this.#outgoing = outbox && new Outgoing(outbox)
    this.#subscriptions = subscriptions
  }

  /** Begins to deliver, where there are subscribers. When it stops, transactions in progress are finished first. */
  async start({ subscribers }: Runtime, disposer: Disposer): Promise<void> {
    const outgoing = this.#outgoing
    const subscriptions = this.#subscriptions
    if (outgoing === undefined || subscriptions === undefined || !this.#hasEvents) return
    const keep = parseDuration(this.#parts.config.events?.keep) ?? KEEP_MS
    const retention = new Sweeper({
      ...this.#parts,
      what: 'events that everybody has had',
      batch: async (deadline) => (await subscriptions.prune(ownFacts('fulcrum.events', deadline), keep)) > 0,
    })
    disposer.use('retention of events', () => retention.stop())
    retention.start()
    if (subscribers.length === 0) return
    const relay = new Relay({ ...this.#parts, subscribers, subscriptions, outgoing })
    this.#relay = relay
    disposer.use('delivery of events', () => relay.stop())
    await relay.start()
  }

  get #hasEvents(): boolean {
    return this.#parts.booted.operations.some(
      ({ plan }) => stageOf(plan, 'outbox') !== undefined || stageOf(plan, 'subscription') !== undefined,
    )
  }
}
