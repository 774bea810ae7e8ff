import { createCache as createDedupe } from 'async-cache-dedupe'
import { BentoCache, bentostore } from 'bentocache'
import { memoryDriver } from 'bentocache/drivers/memory'
import { createCache as createManager } from 'cache-manager'
import { Cacheable, createKeyv } from 'cacheable'
import { Loader } from 'layered-loader'
import { LRUCache } from 'lru-cache'

/** Answers for a key, from the process where it can. */
export type Read<Value> = (id: string) => Promise<Value>

/**
 * Caches in the process, each with what its manual has for reading through it and for speed: a bound that holds all keys, values that are
 * shared instead of copied or serialised, an hour to live.
 */
export function localCaches<Value extends object>(
  load: (id: string) => Promise<Value>,
  entries: number,
): Record<string, Read<Value>> {
  return {
    'lru-cache, fetch': lruCache(load, entries),
    'layered-loader, get': layeredLoader(load, entries),
    'async-cache-dedupe': dedupe(load, entries),
    'cache-manager, wrap': manager(load, entries),
    'cacheable, getOrSet': cacheable(load, entries),
    'bentocache, getOrSet': bentocache(load, entries),
  }
}

const HOUR_MS = 3_600_000

function lruCache<Value extends object>(load: (id: string) => Promise<Value>, max: number): Read<Value> {
  const cache = new LRUCache<string, Value>({ max, ttl: HOUR_MS, fetchMethod: (id) => load(id) })
  return async (id) => (await cache.fetch(id)) as Value
}

function layeredLoader<Value extends object>(
  load: (id: string) => Promise<Value>,
  maxItems: number,
): Read<Value> {
  const loader = new Loader<Value>({
    inMemoryCache: { ttlInMsecs: HOUR_MS, maxItems, cacheType: 'lru-map' },
    dataSourceGetOneFn: load,
  })
  return async (id) => (await loader.get(id)) as Value
}

function dedupe<Value extends object>(load: (id: string) => Promise<Value>, size: number): Read<Value> {
  const options = { ttl: HOUR_MS / 1_000, storage: { type: 'memory', options: { size } } } as const
  const cache = createDedupe(options).define('read', load)
  return (id) => cache.read(id)
}

function manager<Value extends object>(load: (id: string) => Promise<Value>, lruSize: number): Read<Value> {
  const cache = createManager({ stores: [createKeyv({ ttl: HOUR_MS, lruSize, useClone: false })] })
  return (id) => cache.wrap(id, () => load(id), HOUR_MS)
}

function cacheable<Value extends object>(load: (id: string) => Promise<Value>, lruSize: number): Read<Value> {
  const cache = new Cacheable({ primary: createKeyv({ ttl: HOUR_MS, lruSize, useClone: false }) })
  return async (id) => (await cache.getOrSet(id, () => load(id), { ttl: HOUR_MS })) as Value
}

function bentocache<Value extends object>(
  load: (id: string) => Promise<Value>,
  maxItems: number,
): Read<Value> {
  const memory = bentostore().useL1Layer(memoryDriver({ maxItems, serialize: false }))
  const cache = new BentoCache({ default: 'memory', stores: { memory } })
  return (id) => cache.getOrSet({ key: id, ttl: HOUR_MS, factory: () => load(id) })
}
