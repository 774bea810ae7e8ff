// The peer: what most backends do. bentocache with memory before Redis, entries that end by time alone, and pg pools by hand.
import { BentoCache, bentostore } from 'bentocache'
import { memoryDriver } from 'bentocache/drivers/memory'
import { redisBusDriver, redisDriver } from 'bentocache/drivers/redis'
import { Redis } from 'ioredis'
import pg from 'pg'
import { type Profile, profileId } from '../lib/profiles.ts'
import { type Backend, INSTANCES, type Servers } from './backend.ts'
import type { Instance } from './visitors.ts'

const SELECT = 'select id, name, about, version from bench.profile where id = $1'
const UPDATE = 'update bench.profile set version = version + 1 where id = $1 returning *'

/** With `isDropped` a write drops the entry it has changed, on all instances: the usual remedy. */
export function ttlBackend(servers: Servers, { isDropped }: { readonly isDropped: boolean }): Backend {
  const stack = new AsyncDisposableStack()
  const prefix = `bentocache-${Math.random()}`
  let reads = 0
  const instances = Array.from({ length: INSTANCES }, (): Instance => {
    const pool = new pg.Pool({ connectionString: servers.primary, max: 10 })
    stack.defer(() => pool.end())
    const cache = stack.adopt(caching(servers.redis, prefix), (opened) => opened.disconnectAll())
    const profileOf = async (text: string, user: number): Promise<Profile> => {
      const { rows } = await pool.query<Profile>({ name: text.slice(0, 6), text, values: [profileId(user)] })
      return rows[0] as Profile
    }
    const factory = (user: number): Promise<Profile> => {
      reads += 1
      return profileOf(SELECT, user)
    }
    const visit = {
      read: (user: number) =>
        cache.getOrSet({ key: profileId(user), ttl: '30s', factory: () => factory(user) }),
      write: async (user: number) => {
        const written = await profileOf(UPDATE, user)
        if (isDropped) await cache.delete({ key: profileId(user) })
        return written
      },
      token: () => '',
    }
    return { arrive: () => visit }
  })
  return { instances, reads: () => reads, [Symbol.asyncDispose]: () => stack.disposeAsync() }
}

function caching(url: string, prefix: string) {
  const { hostname: host, port } = new URL(url)
  const address = { host, port: Number(port) }
  const store = bentostore()
    .useL1Layer(memoryDriver({ maxSize: '64mb' }))
    .useL2Layer(redisDriver({ connection: new Redis(address), prefix }))
    .useBus(redisBusDriver({ connection: address }))
  return new BentoCache({ default: 'both', stores: { both: store } })
}
