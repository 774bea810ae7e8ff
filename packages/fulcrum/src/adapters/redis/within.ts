import type { Clock } from '../../kernel/clock.ts'

/** What somebody else does, for no longer than `ms` milliseconds. What it comes to later is ignored. */
export async function within<T>(clock: Clock, ms: number, work: Promise<T>): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>()
  const late = (): void => reject(new Error(`it did not answer within ${ms} ms`))
  const limit = clock.timer(ms, late, { ref: false })
  work.catch(() => {})
  try {
    return await Promise.race([work, promise])
  } finally {
    limit.cancel()
  }
}
