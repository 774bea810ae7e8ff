import { applyNext, discover, follow, promote, receive, report, restart } from './failover.ts'
import { beginPoll, stepPoll } from './polls.ts'
import { beginRead, stepRead } from './reads.ts'
import { stepNews } from './news.ts'
import { dropLocal, expireTombstone, forgetShared, stepFill } from './sharing.ts'
import { breakStream, stepStream } from './stream.ts'
import type { World } from './world.ts'
import { beginWrite, flush, handOver, stepWrite, writeOther } from './writes.ts'
import type { XorShift } from './xorshift.ts'

/** How often something is tried, relative to the others: a range, from which each run draws. */
export type Weight = readonly [least: number, most: number]

export interface Action {
  readonly weight: Weight
  /** `false`: there was nothing to do. */
  readonly act: (world: World) => boolean
}

/** Everything that can happen, one step at a time. */
export const ACTIONS = {
  'begin a write': { weight: [1, 10], act: beginWrite },
  'step a write': { weight: [2, 24], act: stepWrite },
  'write something else': { weight: [0, 4], act: writeOther },
  flush: { weight: [1, 5], act: flush },
  receive: { weight: [3, 10], act: receive },
  'show on a replica': { weight: [3, 10], act: applyNext },
  'move a replay position': { weight: [3, 10], act: report },
  'begin a read': { weight: [12, 40], act: beginRead },
  'step a read': { weight: [20, 50], act: stepRead },
  'begin a poll': { weight: [1, 12], act: beginPoll },
  'step a poll': { weight: [4, 16], act: stepPoll },
  'fill the shared cache': { weight: [2, 12], act: stepFill },
  'deliver news': { weight: [0, 10], act: stepNews },
  'end a tombstone': { weight: [0, 4], act: expireTombstone },
  'forget a shared value': { weight: [0, 2], act: forgetShared },
  'forget a local value': { weight: [0, 4], act: dropLocal },
  'step a change stream': { weight: [0, 14], act: stepStream },
  'break a change stream': { weight: [0, 1], act: breakStream },
  'hand over a token': { weight: [0, 3], act: handOver },
  promote: { weight: [0, 2], act: promote },
  discover: { weight: [0, 3], act: discover },
  follow: { weight: [0, 5], act: follow },
  'restart a replica': { weight: [0, 3], act: restart },
} as const satisfies Record<string, Action>

export type ActionName = keyof typeof ACTIONS

const NAMES = Object.keys(ACTIONS) as ActionName[]

/**
 * Which action comes next, by chance; each run has weights of its own, some of them zero. Runs without promotions, without news or without anything
 * else that is written reach states that runs with a bit of everything never get to (Groce et al., "Swarm Testing", ISSTA 2012).
 */
export class Mix {
  readonly #slots: Action[] = []

  draw(random: XorShift, weights: Partial<Record<ActionName, Weight>> = {}): void {
    this.#slots.length = 0
    for (const name of NAMES) {
      const action: Action = ACTIONS[name]
      const [least, most] = weights[name] ?? action.weight
      const weight = least + random.below(most - least + 1)
      for (let slot = 0; slot < weight; slot++) this.#slots.push(action)
    }
  }

  next(random: XorShift): Action {
    return random.of(this.#slots)
  }
}
