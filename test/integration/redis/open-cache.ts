import { redis } from '../../../packages/fulcrum/src/adapters/redis/source.ts'
import type { RedisOptions } from '../../../packages/fulcrum/src/adapters/redis/options.ts'
import type { SharedCache, SharedFill, SharedKey } from '../../../packages/fulcrum/src/ports/shared-cache.ts'
import type { Trouble } from '../../../packages/fulcrum/src/prove/shared-cache/trouble.ts'
import { troubled } from '../../../packages/fulcrum/src/prove/shared-cache/troubled-cache.ts'
import { clock, random } from '../../support/parts.ts'
import { waitFor } from '../../support/wait-for.ts'

export const EPOCH = '7000000000000000001/1'
/** What an operation may take in these tests: so much that a busy machine does not make a server look bad. */
export const TIMEOUT_MS = 500

/** A cache that is closed at the end of a test. */
export interface OpenedCache extends AsyncDisposable {
  readonly cache: SharedCache
  /** What was logged. */
  readonly lines: readonly string[]
  /** How often it was told of a gap. */
  gaps(): number
}

/** Opens and starts a cache, with trouble in front of it where that is given. */
export async function openCache(options: RedisOptions, trouble?: Trouble): Promise<OpenedCache> {
  const lines: string[] = []
  let gaps = 0
  const real = redis({ timeout: `${TIMEOUT_MS}ms`, ...options })
  const source = trouble === undefined ? real : troubled(real, trouble)
  const cache = await source.open({ clock, random, log: (line) => lines.push(line) })
  cache.listen({ message: () => {}, gap: () => (gaps += 1) })
  await cache.start()
  return { cache, lines, gaps: () => gaps, [Symbol.asyncDispose]: () => cache.close() }
}

/** The same, connected: a busy machine may have let the first attempt fail. */
export async function openHealthy(options: RedisOptions, trouble?: Trouble): Promise<OpenedCache> {
  const opened = await openCache(options, trouble)
  await waitFor(() => opened.cache.isHealthy, { what: 'the cache is connected', deadline: 30_000 })
  return opened
}

/** A key; with a tag, unless others are given. */
export function keyOf(id: string, tags: readonly number[] = [1]): SharedKey {
  return { id: `test.query:${id}`, tags }
}

export function fillOf(parts: Partial<SharedFill> = {}): SharedFill {
  return { body: new Uint8Array([1, 2, 3]), source: 'primary', lo: 1, sees: [], ttl: 60_000, ...parts }
}
