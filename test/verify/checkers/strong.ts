import type { Operation } from '../history/operation.ts'
import type { Truth } from '../history/truth.ts'
import { PROMISES } from './promises.ts'
import { shown, timeline } from './timeline.ts'
import type { Violation } from './violation.ts'

/**
 * Linearizable per item: writes and strong reads. Versions are dense and the order of writes, so an operation that begins after another one has ended
 * must not be of an older version, and that is all there is to it.
 */
export class StrongChecker {
  readonly #ended: number[]

  constructor(keys: number) {
    this.#ended = Array<number>(keys).fill(0)
  }

  check(operations: readonly Operation[], truth: Truth): Violation[] {
    const found: Violation[] = []
    const atLeast = new Map<Operation, number[]>()
    for (const { isEnd, operation } of timeline(operations.filter(isChecked))) {
      if (!isEnd) {
        atLeast.set(
          operation,
          operation.keys.map((key) => this.#ended[key] as number),
        )
        continue
      }
      for (const [key, value] of shown(operation)) {
        const placed = truth.place(key, value)
        if (placed === undefined || (placed.isLost && operation.kind === 'write')) continue
        const needed = atLeast.get(operation)?.[operation.keys.indexOf(key)] ?? 0
        if (placed.version < needed)
          found.push({
            check: 'linearizable',
            says: `k${key}@${placed.version} after k${key}@${needed}`,
            operation,
          })
        this.#ended[key] = Math.max(this.#ended[key] as number, placed.version)
      }
    }
    return found
  }
}

function isChecked({ kind, operation, outcome }: Operation): boolean {
  return outcome === 'ok' && (kind === 'write' || PROMISES.get(operation)?.isStrong === true)
}
