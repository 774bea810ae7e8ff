import type { EventDeclaration } from './event.ts'
import type { AnyOperation } from './operation.ts'
import { isProjection, type Projection } from './projection.ts'
import { isSubscriber, type Subscriber } from './subscriber.ts'

/** What is given events, instead of being called. */
export type Delivered = Subscriber | Projection

export function isDelivered(operation: AnyOperation): operation is Delivered {
  return isSubscriber(operation) || isProjection(operation)
}

/** The events that it is given; none where it is called. */
export function eventsOf(operation: AnyOperation): readonly EventDeclaration[] {
  if (isSubscriber(operation)) return [operation.event]
  return isProjection(operation) ? operation.from : []
}
