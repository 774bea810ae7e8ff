import type { SubscriberContract } from './contract/contract.ts'
import { defineOperation } from './define.ts'
import type { EventDeclaration } from './event.ts'
import type { AnyOperation, Operation } from './operation.ts'
import type { Tag } from './tag.ts'

/** What goes with the handler of an event. */
export interface SubscriberTerms<Data, Emits extends EventDeclaration> {
  /** `module.operation`. Default: `on` and the event's name, such as `notifications.onOrderPlaced`. What has been delivered is known by this name. */
  readonly name?: string
  /** Events of the own module that it may `emit`. */
  readonly emits?: readonly Emits[]
  /** The data that it changes, as tags. */
  readonly changes?: (data: Data) => readonly Tag[]
  /** One line for people. */
  readonly summary?: string
  readonly contract?: SubscriberContract<Data>
}

/** The signature of a subscriber: what a module does with an event. Made from the event where the handler is bound. */
export interface Subscriber extends Operation<'subscriber'> {
  readonly event: EventDeclaration
}

/** A subscriber of a module; what is wrong with it is refused at boot. */
export function subscriber(
  module: string,
  event: EventDeclaration,
  terms: Partial<SubscriberTerms<never, EventDeclaration>>,
): Subscriber {
  const { name = `${module}.on${shortName(event)}`, ...definition } = terms
  const operation = defineOperation('subscriber', name, { ...(definition as object), input: event.data })
  return Object.freeze({ ...operation, event }) as Subscriber
}

export function isSubscriber(operation: AnyOperation): operation is Subscriber {
  return operation.kind === 'subscriber'
}

/** `OrderPlaced` of `orders.OrderPlaced`. */
function shortName({ name }: EventDeclaration): string {
  // It may come from JavaScript; names are checked at boot.
  const text: unknown = name
  return typeof text === 'string' ? text.slice(text.indexOf('.') + 1) : ''
}
