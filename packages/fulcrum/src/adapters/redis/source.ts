import type { SharedCache, SharedCacheSource } from '../../ports/shared-cache.ts'
import type { AdapterDependencies } from '../../ports/store-source.ts'
import { Bus } from './bus.ts'
import { clientOptions, duplicateOf, loadCreateClient, type OpenClient } from './client.ts'
import { newCounters } from './counters.ts'
import { Fullness } from './fullness.ts'
import { Keys } from './keys.ts'
import { OneServer } from './one-server.ts'
import { checkOptions, type RedisOptions, type RedisSettings } from './options.ts'
import { Outbox } from './outbox.ts'
import { Reader } from './reader.ts'
import { RedisCache } from './redis-cache.ts'

/**
 * Redis 6.2 or later, or Valkey, as the cache that all instances share, through the package `redis`.
 *
 * ```ts
 * export default defineConfig({ modules, store, cache: (env) => redis({ url: env.REDIS_URL }) })
 * ```
 *
 * Nothing is connected before the application starts, and the application starts, and goes on, without it: what Redis would have answered is
 * then read from the database. Only a Redis that is there and refuses what is needed (a password, permissions) keeps it from starting.
 *
 * @throws FUL-1001, FUL-1002, FUL-1004 or FUL-1013 naming the option that is wrong.
 */
export function redis(options: RedisOptions): SharedCacheSource {
  const settings = checkOptions(options)
  const capabilities = Object.freeze({ name: 'Redis' })
  return Object.freeze({
    kind: 'shared-cache' as const,
    capabilities,
    open: async (dependencies) => assemble(settings, await opener(settings), dependencies),
  } satisfies SharedCacheSource)
}

/** @throws FUL-1014 when the package is not installed. */
async function opener({ url, client }: RedisSettings): Promise<OpenClient> {
  if (client !== undefined) return () => duplicateOf(client)
  const create = await loadCreateClient()
  return () => create(clientOptions(url))
}

function assemble(settings: RedisSettings, open: OpenClient, dependencies: AdapterDependencies): SharedCache {
  const { timeout, label, prefix } = settings
  const { clock, log } = dependencies
  const keys = new Keys(prefix)
  const counters = newCounters()
  const name = `Redis (${label})`
  const common = { ...dependencies, open, timeout, counters }
  const servers = new OneServer({
    ...common,
    name,
    consequence: 'the database answers instead',
    keys,
    recovered: () => outbox.recovered(),
  })
  const publish = (news: string): Promise<void> =>
    servers.run(keys.channel, ['PUBLISH', keys.channel, news], () => {})
  const outbox = new Outbox({ clock, counters, send: publish })
  const bus = new Bus(
    { ...common, name: `News between instances over ${name}`, consequence: 'changes are seen late' },
    keys.channel,
  )
  const reader = new Reader({ keys, servers, counters })
  const fullness = new Fullness({ name, clock, log })
  const capabilities = Object.freeze({ name: 'Redis' })
  return new RedisCache({ capabilities, keys, servers, reader, bus, outbox, fullness, counters })
}
