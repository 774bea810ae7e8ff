import {
  DEFAULT_ATTEMPTS,
  DEFAULT_BACKOFF,
  DEFAULT_DELIVERY_DEADLINE,
  LONGEST_BACKOFF,
} from '../declare/contract/defaults.ts'
import type { EventDeclaration } from '../declare/event.ts'
import type { AnyOperation } from '../declare/operation.ts'
import { type Delivered, eventsOf } from '../declare/delivered.ts'
import { parseDuration } from '../kernel/duration.ts'
import { invalidate, outbox, retry, transaction } from './command-stages.ts'
import type { ModuleFacts } from './module-facts.ts'
import { type Drawing, drawn, type Drawn, present, run } from './stages.ts'

/** Of a subscriber, or of a projection: subscription → deadline → invalidate → retry → transaction → outbox → run */
export function subscriberStages(operation: Delivered, module: ModuleFacts): Drawn {
  return drawn([
    subscription(operation),
    deadline(operation),
    ...invalidate(operation, 'commit'),
    retry(operation),
    transaction(operation, module),
    ...outbox(operation),
    run(operation),
  ])
}

function subscription(operation: Delivered): Drawing {
  const { contract } = operation
  const events = eventsOf(operation)
  const names = events.map(({ name }) => name)
  const { attempts = DEFAULT_ATTEMPTS, backoff = DEFAULT_BACKOFF, concurrency = 1 } = contract.delivery ?? {}
  const reason = `each ${names.join(' and ')} is applied once: its effects and the note that it was delivered are one transaction. Events ${orderOf(contract.delivery?.order !== undefined, events)}. After a failure the event is tried again, up to ${attempts} times, first within ${backoff}, then within twice as long each time; what comes behind it in its order waits, and everything else goes on`
  return present({
    stage: 'subscription',
    events: names,
    attempts,
    backoff: parseDuration(backoff) ?? 0,
    longestBackoff: Math.max(parseDuration(LONGEST_BACKOFF) ?? 0, parseDuration(backoff) ?? 0),
    concurrency,
    reason,
  })
}

function orderOf(declares: boolean, events: readonly EventDeclaration[]): string {
  if (declares) return 'with the same delivery.order come in the order of their commits'
  if (events.every(({ key }) => key !== undefined))
    return 'with the same key come in the order of their commits'
  return 'come one after the other in the order of their commits, since neither the event has a key nor the contract an order'
}

function deadline({ contract }: AnyOperation): Drawing {
  const declared = contract.latency?.deadline
  const within = declared ?? DEFAULT_DELIVERY_DEADLINE
  const ms = parseDuration(within)
  const origin =
    declared === undefined ? `no latency.deadline is declared: ${within}` : `latency.deadline is ${within}`
  const reason = `${origin} for each event; a handler that takes longer has failed, and its statement is cancelled on the server`
  return present({ stage: 'deadline', overHttp: ms, otherwise: ms, reason })
}
