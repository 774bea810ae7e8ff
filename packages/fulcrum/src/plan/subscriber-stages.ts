import {
  DEFAULT_ATTEMPTS,
  DEFAULT_BACKOFF,
  DEFAULT_DELIVERY_DEADLINE,
  LONGEST_BACKOFF,
} from '../declare/contract/defaults.ts'
import type { EventDeclaration } from '../declare/event.ts'
import type { AnyOperation } from '../declare/operation.ts'
import type { Subscriber } from '../declare/subscriber.ts'
import { parseDuration } from '../kernel/duration.ts'
import { invalidate, outbox, retry, transaction } from './command-stages.ts'
import type { ModuleFacts } from './module-facts.ts'
import { type Drawing, drawn, type Drawn, present, run } from './stages.ts'

/** subscription → deadline → invalidate → retry → transaction → outbox → run */
export function subscriberStages(operation: Subscriber, module: ModuleFacts): Drawn {
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

function subscription({ contract, event }: Subscriber): Drawing {
  const { attempts = DEFAULT_ATTEMPTS, backoff = DEFAULT_BACKOFF, concurrency = 1 } = contract.delivery ?? {}
  const reason = `each ${event.name} is applied once: its effects and the note that it was delivered are one transaction. Events ${orderOf(contract.delivery?.order !== undefined, event)}. After a failure the event is tried again, up to ${attempts} times, first within ${backoff}, then within twice as long each time; what comes behind it in its order waits, and everything else goes on`
  return present({
    stage: 'subscription',
    event: event.name,
    attempts,
    backoff: parseDuration(backoff) ?? 0,
    longestBackoff: Math.max(parseDuration(LONGEST_BACKOFF) ?? 0, parseDuration(backoff) ?? 0),
    concurrency,
    reason,
  })
}

function orderOf(declares: boolean, { key }: EventDeclaration): string {
  if (declares) return 'with the same delivery.order come in the order of their commits'
  if (key !== undefined) return 'with the same key come in the order of their commits'
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
