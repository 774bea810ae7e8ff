import type { SharedCacheSource } from '../../ports/shared-cache.ts'
import { loadCreateClient } from './client.ts'
import { Keys } from './keys.ts'
import { checkOptions, type RedisOptions } from './options.ts'
import { RedisCache } from './redis-cache.ts'

/**
 * Redis 6.2 or later, or Valkey, as the cache that all instances share, through the package `redis`.
 *
 * ```ts
 * export default defineConfig({ modules, store, cache: (env) => redis({ url: env.REDIS_URL }) })
 * ```
 *
 * Nothing is connected before the application starts, and the application starts, and goes on, without it: what Redis would have answered is
 * then read from the database.
 *
 * @throws FUL-1001, FUL-1002 or FUL-1013 naming the option that is wrong.
 */
export function redis(options: RedisOptions): SharedCacheSource {
  const { url, label, prefix, timeout } = checkOptions(options)
  return Object.freeze({
    kind: 'shared-cache' as const,
    capabilities: Object.freeze({ name: 'Redis' }),
    open: async ({ clock, random, log }) => {
      const create = await loadCreateClient()
      return new RedisCache({ create, url, label, timeout, clock, random, log }, new Keys(prefix))
    },
  } satisfies SharedCacheSource)
}
