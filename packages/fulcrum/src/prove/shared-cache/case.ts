import assert from 'node:assert/strict'
import type {
  BusMessage,
  Lease,
  LeaseAnswer,
  SharedCache,
  SharedFill,
  SharedKey,
} from '../../ports/shared-cache.ts'

/** What the suite needs of an adapter: two instances on one cache, and a way to let time pass. */
export interface SharedCacheUnderTest {
  readonly one: SharedCache
  readonly other: SharedCache
  /** Lets `ms` milliseconds pass, on the cache's clock. */
  readonly pass: (ms: number) => Promise<void>
  /** Resolves as soon as the condition holds; rejects when it does not come to hold. */
  readonly until: (condition: () => boolean) => Promise<void>
}

/** One thing that every adapter does; `run` rejects where it does not. */
export interface ConformanceCase {
  readonly name: string
  readonly run: (cache: SharedCacheUnderTest) => Promise<void>
}

export const EPOCH = '7000000000000000001/1'
export const LATER = '7000000000000000001/2'
export const BODY: Uint8Array = new Uint8Array([0, 255, 13, 10, 7])

let made = 0

/** A key that no other case has. */
export function freshKey(tags: readonly number[] = []): SharedKey {
  made += 1
  return { id: `conformance.query:${made}:{"ü":1}`, tags }
}

/** A tag that no other case has; of 53 bits, as real ones. */
export function freshTag(): number {
  made += 1
  return 2 ** 52 + made
}

export function fillOf(parts: Partial<SharedFill> = {}): SharedFill {
  return { body: BODY, source: 'primary', lo: 100, sees: [], ttl: 60_000, ...parts }
}

/** The messages that an instance is told from now on. */
export function listen(cache: SharedCache): BusMessage[] {
  const heard: BusMessage[] = []
  cache.listen({ message: (message) => heard.push(message), gap: () => {} })
  return heard
}

/** An answer that has to be a lease. */
export function leaseIn(answer: LeaseAnswer): Lease {
  assert.ok(typeof answer === 'object', `a lease was expected, and the answer is ${JSON.stringify(answer)}`)
  return answer
}
