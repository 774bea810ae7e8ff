import { eventsOf } from '../declare/delivered.ts'
import { isProjection } from '../declare/projection.ts'
import { moduleOf } from '../declare/checks/names.ts'
import { Announcer } from '../enforce/messaging/announcer.ts'
import { ForeignEvents } from '../enforce/messaging/foreign-events.ts'
import { beginProjections } from '../enforce/messaging/new-projection.ts'
import { ProjectionReads } from '../enforce/messaging/projection-reads.ts'
import { Outgoing } from '../enforce/messaging/outgoing.ts'
import { Relay } from '../enforce/messaging/relay.ts'
import { Sweeper } from '../enforce/sweeper.ts'
import type { Runtime } from '../enforce/runtime/runtime.ts'
import type { Deadline } from '../kernel/deadline.ts'
import type { Disposer } from '../kernel/disposal.ts'
import { parseDuration } from '../kernel/duration.ts'
import { fulcrumError } from '../kernel/errors/fulcrum-error.ts'
import type { Inbox } from '../ports/inbox.ts'
import { ownFacts } from '../ports/own-work.ts'
import type { Store } from '../ports/store.ts'
import type { Signals } from '../ports/signals.ts'
import type { SubscriptionCounts, Subscriptions } from '../ports/subscriptions.ts'
import { stageOf } from '../plan/plan.ts'
import { openBroker } from './application-broker.ts'
import type { AppParts } from './app-parts.ts'
import type { Booted } from './boot.ts'
import type { AppConfig } from './config.ts'
import { type EventsOfApp, viewOfEvents } from './events.ts'
import type { HeldStore } from './store-option.ts'

const DAY_MS = 24 * 3_600_000
const KEEP_MS = 7 * DAY_MS
/** For how long repetitions of what was accepted are expected. */
const KEEP_ACCEPTED_MS = 30 * DAY_MS
const BATCH = 1_000

export interface ApplicationEventsParts extends AppParts {
  readonly config: AppConfig
  readonly booted: Booted
}

/** The events of an application: where they go, and what delivers and deletes them. Made → opened with the store → started with the runtime. */
export class ApplicationEvents {
  readonly #parts: ApplicationEventsParts
  #outgoing: Outgoing | undefined
  #subscriptions: Subscriptions | undefined
  #inbox: Inbox | undefined
  #projections: ProjectionReads | undefined
  #store: Store | undefined
  #signals: Signals | undefined
  #foreign: ForeignEvents | undefined
  #announcer: Announcer | undefined
  #relay: Relay | undefined

  constructor(parts: ApplicationEventsParts) {
    this.#parts = parts
  }

  /** `undefined` without a store that keeps events. */
  get outgoing(): Outgoing | undefined {
    return this.#outgoing
  }

  /** `undefined` without a store that keeps events. */
  get projections(): ProjectionReads | undefined {
    return this.#projections
  }

  /** What was not delivered when it was last counted; `undefined` without subscribers. */
  get counts(): readonly SubscriptionCounts[] | undefined {
    return this.#relay?.counts
  }

  get view(): EventsOfApp {
    const subscriptions = this.#subscriptions
    const foreign = this.#foreign
    if (subscriptions === undefined || foreign === undefined) {
      const reason = 'the application has not started, or has neither events nor subscribers'
      throw fulcrumError('FUL-3012', { part: 'app.events', reason })
    }
    const own = this.#parts.booted.operations.map(({ operation }) => operation.name)
    const projections = this.#parts.booted.operations.flatMap(({ operation }) =>
      isProjection(operation) ? [operation.name] : [],
    )
    const wake = (): void => {
      this.#relay?.wake()
      this.#announcer?.announce()
    }
    return viewOfEvents({ subscriptions, clock: this.#parts.clock, own, projections, wake, foreign })
  }

  open({ store, outbox, subscriptions, inbox, signals }: HeldStore): void {
    this.#store = store
    this.#outgoing = outbox && new Outgoing(outbox)
    this.#subscriptions = subscriptions
    this.#inbox = inbox
    this.#projections = subscriptions && new ProjectionReads(subscriptions, this.#parts.clock)
    this.#signals = signals?.()
  }

  /** Begins to deliver, where there are subscribers. When it stops, transactions in progress are finished first. */
  async start({ subscribers }: Runtime, disposer: Disposer): Promise<void> {
    const outgoing = this.#outgoing
    const subscriptions = this.#subscriptions
    const inbox = this.#inbox
    const signals = this.#signals
    if (outgoing === undefined || subscriptions === undefined) return
    if (inbox === undefined || signals === undefined || !this.#hasEvents) return
    this.#announce(outgoing, signals, disposer)
    this.#foreign = this.#acceptInto(inbox, outgoing)
    this.#sweep('events that everybody has had', disposer, async (deadline) => {
      const keep = parseDuration(this.#parts.config.events?.keep) ?? KEEP_MS
      return (await subscriptions.prune(ownFacts('fulcrum.events', deadline), keep)) > 0
    })
    this.#sweep('notes of events that were accepted', disposer, async (deadline) => {
      const facts = ownFacts('fulcrum.events', deadline)
      return (await inbox.forget(facts, KEEP_ACCEPTED_MS, BATCH)) === BATCH
    })
    await openBroker(this.#parts.booted, this.#foreign, { ...this.#parts, disposer })
    if (subscribers.length === 0) return
    const relay = new Relay({ ...this.#parts, subscribers, subscriptions, outgoing, signals })
    this.#relay = relay
    disposer.use('delivery of events', () => relay.stop())
    await this.#beginProjections(subscriptions)
    this.#projections?.askWith((name) => relay.ask(name))
    await relay.start()
  }

  async #beginProjections(subscriptions: Subscriptions): Promise<void> {
    const store = this.#store
    const projections = this.#parts.booted.operations.flatMap(({ operation, model }) =>
      isProjection(operation) ? [{ projection: operation, seed: model?.seed }] : [],
    )
    if (store !== undefined) await beginProjections(projections, { ...this.#parts, store, subscriptions })
  }

  #announce(outgoing: Outgoing, signals: Signals, disposer: Disposer): void {
    const announcer = new Announcer(this.#parts.clock, () => signals.send())
    this.#announcer = announcer
    outgoing.onCommit(() => announcer.announce())
    disposer.use('signals of events', async () => {
      announcer.stop()
      await signals.close()
    })
  }

  #acceptInto(inbox: Inbox, outgoing: Outgoing): ForeignEvents {
    const { operations } = this.#parts.booted
    const here = operations.filter(({ plan }) => stageOf(plan, 'remote')?.database !== 'own')
    const modules = new Set(here.map(({ module }) => module.name))
    const events = operations
      .flatMap(({ operation }) => eventsOf(operation))
      .filter(({ name }) => !modules.has(moduleOf(name)))
    return new ForeignEvents({
      events,
      inbox,
      clock: this.#parts.clock,
      committed: () => outgoing.committed(),
    })
  }

  #sweep(what: string, disposer: Disposer, batch: (deadline: Deadline) => Promise<boolean>): void {
    const sweeper = new Sweeper({ ...this.#parts, what, batch })
    disposer.use(`retention: ${what}`, () => sweeper.stop())
    sweeper.start()
  }

  get #hasEvents(): boolean {
    return this.#parts.booted.operations.some(
      ({ plan }) => stageOf(plan, 'outbox') !== undefined || stageOf(plan, 'subscription') !== undefined,
    )
  }
}
