import { PIPELINED_UP_TO } from '../declare/contract/defaults.ts'
import type { AnyOperation } from '../declare/operation.ts'
import { parseDuration } from '../kernel/duration.ts'
import type { NodeRole, StoreCapabilities } from '../ports/store.ts'
import type { Capabilities } from './plan.ts'
import { absent, deadline, type Drawing, drawn, type Drawn, durationOf, present, run } from './stages.ts'

/** deadline → route → run */
export function queryStages(operation: AnyOperation, { store }: Capabilities): Drawn {
  return drawn([
    deadline(operation),
    ...(store === undefined ? [noRoute()] : route(operation, store)),
    run(operation),
  ])
}

function noRoute(): Drawing {
  return absent('route', 'no store is configured, so there is no node to read from')
}

function route({ contract }: AnyOperation, store: StoreCapabilities): Drawing[] {
  const target = targetOf(contract.consistency, store)
  const lane = laneOf(contract.latency?.expect, store)
  const reason = `${target.reason}; ${lane.reason}. A call that runs no statement connects to nothing`
  const terms = { target: target.choice, lane: lane.choice, bracket: 'none', sees: 'each' } as const
  return [present({ stage: 'route', ...terms, reason }), ...(target.without ?? []), ...(lane.without ?? [])]
}

interface Choice<T> {
  readonly choice: T
  readonly reason: string
  /** What the contract would have used and the store does not have. */
  readonly without?: readonly Drawing[]
}

/** An object in place of a level states only the weakest values, otherwise it would have been refused: it is `'eventual'`. */
function targetOf(consistency: unknown, store: StoreCapabilities): Choice<NodeRole> {
  if (consistency === undefined || consistency === 'strong') {
    const stated = consistency === undefined ? 'consistency is strong by default' : 'consistency is strong'
    return {
      choice: 'primary',
      reason: `${stated}: it reads on the primary, which has every committed change`,
    }
  }
  if (store.replicas) {
    const reason =
      'consistency is eventual: it reads on a healthy replica, on the primary while there is none'
    return { choice: 'replica', reason }
  }
  const without = [
    absent(
      'replica',
      `consistency is eventual, but ${store.name} has no replicas configured: it reads on the primary`,
    ),
  ]
  return {
    choice: 'primary',
    reason: 'consistency is eventual and there are no replicas: it reads on the primary',
    without,
  }
}

function laneOf(expected: string | undefined, store: StoreCapabilities): Choice<'pipelined' | 'dedicated'> {
  const expect = durationOf(expected)
  if (expect === undefined)
    return { choice: 'dedicated', reason: 'undeclared reads have a connection of their own' }
  if (expect.ms > (parseDuration(PIPELINED_UP_TO) as number)) {
    const reason = `latency.expect is ${expect.text}, above ${PIPELINED_UP_TO}: it has a connection of its own, so that it delays nobody`
    return { choice: 'dedicated', reason }
  }
  if (store.pipelining) {
    const reason = `latency.expect is ${expect.text}: it shares pipelined connections with other short reads until observed time says otherwise`
    return { choice: 'pipelined', reason }
  }
  const without = [
    absent(
      'pipelined connection',
      `latency.expect is ${expect.text}, but ${store.name} does not share connections`,
    ),
  ]
  return { choice: 'dedicated', reason: 'it has a connection of its own', without }
}
