export type { RedisOptions } from '../adapters/redis/options.ts'
export { redis } from '../adapters/redis/source.ts'
export type { SharedCacheSource } from '../ports/shared-cache.ts'
