import type { Operation } from '../history/operation.ts'
import type { Truth } from '../history/truth.ts'
import { PROMISES } from './promises.ts'
import { shown } from './timeline.ts'
import type { Violation } from './violation.ts'

/** When an item was known to be written up to a version. */
interface Mark {
  readonly at: number
  readonly version: number
}

/**
 * A read that was begun at some time and may be so old is of no version older than the newest one that was acknowledged before the time less the
 * age. Where it says that it is older than it may be, it is no older than it says, and no older than the contract lets it be at all.
 */
export class StalenessChecker {
  readonly #marks: Mark[][]

  constructor(keys: number) {
    this.#marks = Array.from({ length: keys }, () => [{ at: -Infinity, version: 0 }])
  }

  check(operations: readonly Operation[], truth: Truth): Violation[] {
    this.#learn(operations, truth)
    return operations.flatMap((operation) => this.#judge(operation, truth))
  }

  #learn(operations: readonly Operation[], truth: Truth): void {
    const writes = operations.filter(({ kind, outcome }) => kind === 'write' && outcome === 'ok')
    for (const operation of writes.sort((a, b) => a.completed - b.completed))
      for (const [key, value] of shown(operation)) {
        const marks = this.#marks[key] as Mark[]
        const { version } = marks.at(-1) as Mark
        if (truth.has(key, value) && value.version > version)
          marks.push({ at: operation.completed, version: value.version })
      }
  }

  #judge(operation: Operation, truth: Truth): Violation[] {
    const { staleness = Infinity, mostStale = Infinity } = PROMISES.get(operation.operation) ?? {}
    if (staleness === Infinity) return []
    const { invoked, stale } = operation
    const check = 'staleness'
    const age = stale === undefined ? staleness : Math.min(staleness + stale * 1_000, mostStale)
    if (stale !== undefined && mostStale === staleness)
      return [{ check, says: 'it is stale, and may not be', operation }]
    return [...shown(operation)].flatMap(([key, value]) => {
      const version = truth.place(key, value)?.version ?? 0
      const needed = this.#at(key, invoked - age)
      if (version >= needed) return []
      return [{ check, says: `k${key}@${version} where k${key}@${needed} was ${age} ms old`, operation }]
    })
  }

  #at(key: number, time: number): number {
    const marks = this.#marks[key] as Mark[]
    let low = 0
    let high = marks.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((marks[middle] as Mark).at < time) low = middle + 1
      else high = middle
    }
    return marks[low - 1]?.version ?? 0
  }
}
