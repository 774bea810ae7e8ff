import type { Operation } from '../history/operation.ts'
import type { Truth } from '../history/truth.ts'
import { shown } from './timeline.ts'
import type { Violation } from './violation.ts'

/** What was read together is of one state of the data: of two items that one write has written, none lacks it that the other one has. */
export function checkTogether(operations: readonly Operation[], truth: Truth): Violation[] {
  return operations.flatMap((operation) => {
    const { kind, keys } = operation
    if (kind === 'write' || keys.length < 2) return []
    const values = [...shown(operation)]
    return values.flatMap(([, { writer }]) =>
      truth.of(writer).flatMap(({ key, version }): Violation[] => {
        const other = values.find(([each]) => each === key)
        const placed = other && truth.place(key, other[1])
        if (placed === undefined || placed.version >= version) return []
        return [{ check: 'one state', says: `write ${writer} without k${key}@${version}`, operation }]
      }),
    )
  })
}
