import type { Operation } from '../history/operation.ts'
import type { Truth } from '../history/truth.ts'
import { shown } from './timeline.ts'
import type { Violation } from './violation.ts'

/**
 * What was shown has been written, by somebody who had begun to; what was acknowledged is there, unless a fail-over may have lost it; what was
 * refused is not.
 */
export function checkValues(
  operations: readonly Operation[],
  truth: Truth,
  begun: ReadonlyMap<number, number>,
): Violation[] {
  const found: Violation[] = []
  const check = 'values'
  for (const operation of operations) {
    for (const [key, value] of shown(operation)) {
      const placed = truth.place(key, value)
      const what = `k${key}@${value.version} of write ${value.writer}`
      if (placed === undefined) found.push({ check, says: `${what} was never written`, operation })
      if ((begun.get(value.writer) ?? 0) > operation.completed)
        found.push({ check, says: `${what} had not begun yet`, operation })
    }
    const { kind, outcome, writer = 0 } = operation
    if (kind === 'write' && outcome === 'refused' && truth.of(writer).length > 0)
      found.push({ check, says: `write ${writer} was refused and has happened`, operation })
  }
  return found
}
