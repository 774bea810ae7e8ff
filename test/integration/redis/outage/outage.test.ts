import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type FreshDatabase, freshDatabase } from '../../../support/database.ts'
import { waitFor } from '../../../support/wait-for.ts'
import { RedisServer } from '../redis-server.ts'
import { Customers } from './customers.ts'
import { stockApp } from './stock.ts'

/** From the return of Redis until answers come from it again. */
const RECOVERY_MS = 5_000

/** What happens to Redis, and how it ends. */
const OUTAGES: readonly [string, (redis: RedisServer) => unknown, (redis: RedisServer) => unknown][] = [
  ['is killed', (redis) => redis.kill(), (redis) => redis.start()],
  ['hangs', (redis) => redis.pause(), (redis) => redis.resume()],
  ['forgets everything', (redis) => redis.command('FLUSHALL'), (redis) => redis.command('SCRIPT', 'FLUSH')],
  [
    'is restarted at once',
    async (redis) => {
      await redis.kill()
      await redis.start()
    },
    () => {},
  ],
  [
    'is full',
    (redis) => redis.command('CONFIG', 'SET', 'maxmemory', '1'),
    (redis) => redis.command('CONFIG', 'SET', 'maxmemory', '0'),
  ],
  [
    'turns everybody away',
    (redis) => redis.command('ACL', 'SETUSER', 'default', '-@all', '+acl', '+config'),
    (redis) => redis.command('ACL', 'SETUSER', 'default', '+@all'),
  ],
]

describe('an application whose Redis', () => {
  let database: FreshDatabase
  let redis: RedisServer

  beforeAll(async () => {
    database = await freshDatabase()
    redis = await RedisServer.start()
  })

  afterAll(async () => {
    await redis[Symbol.asyncDispose]()
    await database[Symbol.asyncDispose]()
  })

  it.each(OUTAGES)(
    '%s under load answers everything, and from it again when it is back',
    async (_what, begin, end) => {
      await using app = stockApp(database.url, redis.url)
      const { url } = await app.listen({ port: 0 })
      const customers = new Customers(url)
      const { responses } = customers
      await waitFor(() => customers.isServedFromCache(0), { what: 'answers come from Redis' })

      await begin(redis)
      const during = responses.length
      await waitFor(() => responses.length > during + 500, {
        what: 'customers are served meanwhile',
        deadline: 30_000,
      })

      await end(redis)
      const back = performance.now()
      await waitFor(() => customers.isServedFromCache(back), {
        what: 'answers come from Redis again',
        deadline: RECOVERY_MS,
      })
      await customers.stop()
      expect(customers.complaints).toEqual([])
    },
    60_000,
  )
})
