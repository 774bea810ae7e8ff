import { Deadline } from '../kernel/deadline.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Duration } from '../kernel/duration.ts'
import { fulcrumError } from '../kernel/errors/fulcrum-error.ts'
import type { CloudEvent } from '../enforce/messaging/cloud-event.ts'
import type { Acceptance, ForeignEvents } from '../enforce/messaging/foreign-events.ts'
import { ownFacts } from '../ports/own-work.ts'
import type { DeadLetter, SubscriptionCounts, Subscriptions } from '../ports/subscriptions.ts'

export interface EventsConfig {
  /** How long events are kept that every subscriber has had: as far back as `replay` can go. Default `'7d'`. */
  readonly keep?: Duration
}

/** What can be seen of events and done about them from outside. Subscribers are called by their names, such as `notifications.onOrderPlaced`. */
export interface EventsOfApp {
  /** Every subscription in the database, those of other applications and of earlier versions included. */
  subscriptions(): Promise<readonly SubscriptionCounts[]>
  /** Events that are not tried again, oldest first, at most `limit` (default 100). Default: of all subscribers. */
  deadLetters(subscriber?: string, limit?: number): Promise<readonly DeadLetter[]>
  /** Lets dead letters be delivered again, as if for the first time: that of one event, or all of the subscriber. Resolves with how many that were. */
  redrive(subscriber: string, eventId?: string): Promise<number>
  /**
   * Gives a subscriber the events since a time again, in their order, as far as they are still kept. It applies them once more, so its handler has to be
   * one that may; what comes in meanwhile comes after them.
   *
   * @throws FUL-1002 for a projection, whose tables have them already.
   */
  replay(subscriber: string, since: Date): Promise<void>
  /** Gives up a subscription that no version of the application has any more: events are kept for it otherwise. `false`: there is none. */
  forget(subscriber: string): Promise<boolean>
  /**
   * Takes in an event that happened elsewhere and came by a broker or a webhook, for the subscribers of this application. When it resolves, the event is
   * durable and may be acknowledged. Accepted again within 30 days, it is a `'duplicate'`, by `source` and `id`, and nothing happens.
   *
   * @throws FUL-1002 for what is no event of CloudEvents 1.0, or one that no module here subscribes to, or of a module that this application has itself.
   */
  accept(event: CloudEvent): Promise<Acceptance>
  /** The same for many, in one transaction: all of them are accepted, or none is. What became of each, in their order. */
  acceptMany(events: readonly CloudEvent[]): Promise<readonly Acceptance[]>
}

const ANSWER_MS = 30_000

export interface EventsParts {
  readonly subscriptions: Subscriptions
  readonly clock: Clock
  /** Names of the subscribers that this application has. */
  readonly own: readonly string[]
  /** Those of them that are projections. */
  readonly projections: readonly string[]
  readonly wake: () => void
  readonly foreign: ForeignEvents
}

export function viewOfEvents({
  subscriptions,
  clock,
  own,
  projections,
  wake,
  foreign,
}: EventsParts): EventsOfApp {
  const facts = (): ReturnType<typeof ownFacts> =>
    ownFacts('fulcrum.events', Deadline.after(clock, ANSWER_MS))
  return {
    subscriptions: () => subscriptions.counts(facts()),
    deadLetters: (subscriber, limit = 100) => subscriptions.deadLetters(facts(), subscriber, limit),
    redrive: async (subscriber, eventId) => {
      const revived = await subscriptions.redrive(facts(), subscriber, eventId)
      wake()
      return revived
    },
    replay: async (subscriber, since) => {
      if (projections.includes(subscriber)) throw notReplayed(subscriber)
      await subscriptions.replay(facts(), subscriber, since)
      wake()
    },
    forget: async (subscriber) => {
      if (own.includes(subscriber)) throw inUse(subscriber)
      return subscriptions.forget(facts(), subscriber)
    },
    accept: async (event) => (await foreign.accept(facts(), [event]))[0] as Acceptance,
    acceptMany: async (events) => foreign.accept(facts(), events),
  }
}

/** Its tables have them already, so they would be applied twice. */
function notReplayed(subscriber: string): Error {
  const allowed = 'a subscriber that is no projection'
  return fulcrumError('FUL-1002', { field: 'subscriber', found: subscriber, allowed })
}

function inUse(subscriber: string): Error {
  const allowed = 'a subscription that this application does not have any more'
  return fulcrumError('FUL-1002', { field: 'subscriber', found: subscriber, allowed })
}
