import { type LocalBounds, LOCAL_BOUNDS } from '../enforce/cache/local-tier.ts'
import { parseSize } from '../kernel/size.ts'
import type { SharedCacheSource } from '../ports/shared-cache.ts'
import type { AppConfig, Environment } from './config.ts'

/** The shared cache that a configuration names for an environment. */
export function cacheOption({ cache }: AppConfig, env: Environment): SharedCacheSource | undefined {
  return typeof cache === 'function' ? cache(env) : cache
}

/** What the cache in the process may take. */
export function localBounds({ localCache }: AppConfig): LocalBounds {
  const { entries = LOCAL_BOUNDS.entries, bytes } = localCache ?? {}
  return { entries, bytes: parseSize(bytes) ?? LOCAL_BOUNDS.bytes }
}
