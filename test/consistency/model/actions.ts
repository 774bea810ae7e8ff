import { applyNext, discover, follow, promote, receive, report, restart } from './failover.ts'
import { beginPoll, stepPoll } from './polls.ts'
import { beginRead, stepRead } from './reads.ts'
import { dropLocal, expireTombstone, forgetShared, stepFill, stepNews } from './sharing.ts'
import { breakStream, stepStream } from './stream.ts'
import type { World } from './world.ts'
import { beginWrite, flush, handOver, stepWrite, writeOther } from './writes.ts'
import type { XorShift } from './xorshift.ts'

export interface Action {
  readonly name: string
  /** How often it is tried, relative to the others: a range, from which each run draws. */
  readonly weight: readonly [least: number, most: number]
  /** `false`: there was nothing to do. */
  readonly act: (world: World) => boolean
}

/** Everything that can happen, one step at a time. */
export const ACTIONS: readonly Action[] = [
  { name: 'begin a write', weight: [3, 10], act: beginWrite },
  { name: 'step a write', weight: [8, 24], act: stepWrite },
  { name: 'write something else', weight: [0, 4], act: writeOther },
  { name: 'flush', weight: [1, 5], act: flush },
  { name: 'receive', weight: [3, 10], act: receive },
  { name: 'show on a replica', weight: [3, 10], act: applyNext },
  { name: 'move a replay position', weight: [3, 10], act: report },
  { name: 'begin a read', weight: [12, 40], act: beginRead },
  { name: 'step a read', weight: [20, 50], act: stepRead },
  { name: 'begin a poll', weight: [2, 8], act: beginPoll },
  { name: 'step a poll', weight: [4, 16], act: stepPoll },
  { name: 'fill the shared cache', weight: [2, 12], act: stepFill },
  { name: 'deliver news', weight: [0, 10], act: stepNews },
  { name: 'end a tombstone', weight: [0, 4], act: expireTombstone },
  { name: 'forget a shared value', weight: [0, 2], act: forgetShared },
  { name: 'forget a local value', weight: [0, 4], act: dropLocal },
  { name: 'step a change stream', weight: [0, 14], act: stepStream },
  { name: 'break a change stream', weight: [0, 1], act: breakStream },
  { name: 'hand over a token', weight: [0, 3], act: handOver },
  { name: 'promote', weight: [0, 1], act: promote },
  { name: 'discover', weight: [0, 3], act: discover },
  { name: 'follow', weight: [0, 3], act: follow },
  { name: 'restart a replica', weight: [0, 2], act: restart },
]

/**
 * Which action comes next, by chance; each run has weights of its own, some of them zero. Runs without promotions, without news or without anything
 * else that is written reach states that runs with a bit of everything never get to (Groce et al., "Swarm Testing", ISSTA 2012).
 */
export class Mix {
  readonly #slots: number[] = []

  draw(random: XorShift): void {
    this.#slots.length = 0
    ACTIONS.forEach(({ weight: [least, most] }, index) => {
      const weight = least + random.below(most - least + 1)
      for (let slot = 0; slot < weight; slot++) this.#slots.push(index)
    })
  }

  next(random: XorShift): Action {
    return ACTIONS[this.#slots[random.below(this.#slots.length)] as number] as Action
  }
}
