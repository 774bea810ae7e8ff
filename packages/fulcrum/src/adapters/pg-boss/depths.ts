import type { QueueResult } from 'pg-boss'
import type { QueueDepth } from '../../ports/queue.ts'
import { deadOf } from './schema.ts'

type Counted = Pick<QueueResult, 'name' | 'readyCount' | 'deferredCount' | 'activeCount' | 'queuedCount'>

/** How long the next job of a queue has been waiting, by its name. */
export type Ages = ReadonlyMap<string, number>

/** The queues that have an age, with what pg-boss counted in them the last time. */
export function depthsOf(found: readonly Counted[], ages: Ages): QueueDepth[] {
  const byName = new Map(found.map((queue) => [queue.name, queue]))
  return Array.from(ages, ([queue, age]) => {
    const own = byName.get(queue)
    return {
      queue,
      waiting: own?.readyCount ?? 0,
      delayed: own?.deferredCount ?? 0,
      running: own?.activeCount ?? 0,
      dead: byName.get(deadOf(queue))?.queuedCount ?? 0,
      age,
    }
  })
}
