import type { Operation, Value } from '../history/operation.ts'

export interface Step {
  readonly at: number
  readonly isEnd: boolean
  readonly operation: Operation
}

/** Beginnings and ends of operations, in the order of time. */
export function timeline(operations: readonly Operation[]): Step[] {
  const steps = operations.flatMap((operation): Step[] => [
    { at: operation.invoked, isEnd: false, operation },
    { at: operation.completed, isEnd: true, operation },
  ])
  return steps.sort((a, b) => a.at - b.at)
}

/** The keys of an operation that was answered, with what it was answered. */
export function* shown({ keys, values }: Operation): Iterable<readonly [key: number, value: Value]> {
  if (values === undefined) return
  for (let index = 0; index < keys.length; index += 1) {
    const value = values[index]
    if (value !== undefined) yield [keys[index] as number, value]
  }
}
