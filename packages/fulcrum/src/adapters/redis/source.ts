import type { SharedCache, SharedCacheSource } from '../../ports/shared-cache.ts'
import type { AdapterDependencies } from '../../ports/store-source.ts'
import type { Buckets } from './buckets.ts'
import { Bus } from './bus.ts'
import { clientOptions, duplicateOf, loadCreateClient, type OpenClient, type RedisClient } from './client.ts'
import { Cluster } from './cluster/cluster.ts'
import type { ClusterSettings } from './cluster/cluster-options.ts'
import type { Address } from './cluster/slot-map.ts'
import { Topology } from './cluster/topology.ts'
import { newCounters } from './counters.ts'
import { Fullness } from './fullness.ts'
import { Keys } from './keys.ts'
import { OneServer, type OneServerParts } from './one-server.ts'
import { checkOptions, type RedisOptions, type RedisSettings, type ServerSettings } from './options.ts'
import { Outbox } from './outbox.ts'
import { RedisCache } from './redis-cache.ts'

/**
 * Redis 6.2 or later, or Valkey, as the cache that all instances share, through the package `redis`: one server, or a cluster.
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
    open: async (dependencies) => assemble(settings, await connector(settings.server), dependencies),
  } satisfies SharedCacheSource)
}

/** Makes a client that is not connected: for the server, or for one node of a cluster. */
type Connect = (node?: Address) => RedisClient

/** @throws FUL-1014 when the package is not installed. */
async function connector(server: ServerSettings): Promise<Connect> {
  if (server.kind === 'client') return () => duplicateOf(server.client)
  const create = await loadCreateClient()
  return (node) => create(clientOptions(server.url, node))
}

function assemble(
  { server, timeout, label, prefix }: RedisSettings,
  connect: Connect,
  dependencies: AdapterDependencies,
): SharedCache {
  const { clock, log } = dependencies
  const counters = newCounters()
  const name = `Redis (${label})`
  const common = { ...dependencies, timeout, counters, name, needed: NEEDED[server.kind] }
  const outbox = new Outbox({ clock, counters, send: (news) => buckets.publish(news) })
  const parts = {
    ...common,
    consequence: 'the database answers instead',
    fullness: new Fullness({ name, clock, log }),
    recovered: () => outbox.recovered(),
  }
  const { buckets, open } =
    server.kind === 'cluster'
      ? onCluster(parts, { ...server, prefix, connect })
      : onServer(parts, prefix, connect)
  const bus = new Bus(
    { ...common, open, name: `News between instances over ${name}`, consequence: 'changes are seen late' },
    new Keys(prefix).channel,
  )
  const capabilities = Object.freeze({ name: 'Redis' })
  return new RedisCache({ capabilities, buckets, bus, outbox, counters })
}

/** Where everything is kept, and how to reach somebody who passes news on. */
interface Kept {
  readonly buckets: Buckets
  readonly open: OpenClient
}

type KeptParts = Omit<OneServerParts, 'open' | 'keys'>

function onServer(parts: KeptParts, prefix: string, open: OpenClient): Kept {
  return { buckets: new OneServer({ ...parts, open, keys: new Keys(prefix) }), open }
}

interface ClusterPlace extends ClusterSettings {
  readonly prefix: string
  readonly connect: Connect
}

function onCluster(parts: KeptParts, { seeds, reach, prefix, connect }: ClusterPlace): Kept {
  const { clock, random } = parts
  const topology = new Topology({ seeds, reach, connect, clock, random })
  return { buckets: new Cluster({ ...parts, topology, prefix }), open: () => topology.toAnyOwner() }
}

const COMMANDS =
  'EVAL, EVALSHA, GET, MGET, GETRANGE, STRLEN, SET, DEL, EXISTS, PTTL, PEXPIRE and TIME on the keys, and SUBSCRIBE and PUBLISH on the channel, that begin with the prefix'

/** What has to be there. */
const NEEDED_OF_ONE = `a primary that is not part of a cluster (nodes of one are given as \`cluster\`), and a user who may run ${COMMANDS}`
const NEEDED: Readonly<Record<ServerSettings['kind'], string>> = {
  url: NEEDED_OF_ONE,
  client: NEEDED_OF_ONE,
  cluster: `nodes of a cluster (a server that is none is given as \`url\`), and a user who may run CLUSTER SLOTS, and ${COMMANDS}`,
}
