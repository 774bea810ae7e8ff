import { setTimeout as sleep } from 'node:timers/promises'

export interface WaitForOptions {
  /** Milliseconds after which the condition is given up. Default 10000. */
  readonly deadline?: number
  /** Milliseconds between two looks. Default 10. */
  readonly every?: number
  /** What is waited for, for the message when it does not happen. */
  readonly what?: string
}

/**
 * Waits until `condition` gives something other than `undefined`, `null` or `false`, and resolves with that. A condition that throws
 * counts as not met; its last error is the cause of the rejection when the deadline passes.
 */
export async function waitFor<T>(
  condition: () => T | Promise<T>,
  options: WaitForOptions = {},
): Promise<NonNullable<Exclude<T, false>>> {
  const { deadline = 10_000, every = 10, what = condition.toString() } = options
  const end = performance.now() + deadline
  let cause: unknown
  while (performance.now() < end) {
    try {
      const found = await condition()
      if (found !== undefined && found !== null && found !== false) {
        return found as NonNullable<Exclude<T, false>>
      }
      cause = undefined
    } catch (error) {
      cause = error
    }
    await sleep(every)
  }
  throw new Error(`not within ${deadline} ms: ${what}`, { cause })
}
