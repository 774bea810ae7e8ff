import type { Clock } from '../../kernel/clock.ts'

export interface Waiting {
  /** How long to wait at most, in milliseconds. */
  readonly limit: number
  /** Pause between two looks, in milliseconds. Default 10. */
  readonly every?: number
}

/**
 * Looks again and again until `look` finds something; resolves with it, or with `undefined` when the limit has passed. Other
 * processes' files and `/proc` give no better signal than looking.
 */
export async function waitUntil<T>(
  clock: Clock,
  waiting: Waiting,
  look: () => T | undefined | Promise<T | undefined>,
): Promise<T | undefined> {
  const end = clock.now() + waiting.limit
  for (;;) {
    const found = await look()
    if (found !== undefined || clock.now() >= end) return found
    await clock.sleep(waiting.every ?? 10)
  }
}
