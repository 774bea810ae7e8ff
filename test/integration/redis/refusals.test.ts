import { createClient } from 'redis'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { waitFor } from '../../support/wait-for.ts'
import { NEEDED } from './needed.ts'
import { EPOCH, fillOf, keyOf, openCache, openHealthy } from './open-cache.ts'
import { RedisServer } from './redis-server.ts'

/** A busy machine must not decide whether a test passes. */
const timeout = '5s'

describe('a Redis that refuses', () => {
  let server: RedisServer

  beforeAll(async () => {
    server = await RedisServer.start()
    const users: Record<string, readonly string[]> = {
      app: NEEDED,
      'no-eval': NEEDED.filter((rule) => rule !== '+eval'),
      'no-set': NEEDED.filter((rule) => rule !== '+set'),
      'other-keys': ['~other:*', ...NEEDED.slice(1)],
      'other-channel': ['~fulcrum:*', '&other:*', ...NEEDED.slice(2)],
    }
    for (const [user, rules] of Object.entries(users))
      await server.command('ACL', 'SETUSER', user, 'on', '>s3cret', 'resetchannels', ...rules)
  })

  afterAll(() => server[Symbol.asyncDispose]())

  const urlOf = (user: string, password = 's3cret', database = ''): string =>
    `redis://${user}:${password}@127.0.0.1:${server.port}${database}`

  it.each([
    ['no-eval', /NOPERM.*eval/],
    ['no-set', /can't run this command/],
    ['other-keys', /NOPERM|key/],
    ['other-channel', /channel/],
  ])('%s keeps the application from starting', async (user, reason) => {
    const refusal: unknown = await openCache({ url: urlOf(user), timeout }).catch((error: unknown) => error)
    expect(refusal).toMatchObject({ code: 'FUL-1012' })
    expect(String(refusal)).toMatch(reason)
    expect(String(refusal)).not.toContain('s3cret')
  })

  it.each([
    ['a wrong password', () => urlOf('app', 'other')],
    ['a database that there is not', () => urlOf('default', '', '/99')],
  ])('%s keeps the application from starting', async (_what, url) => {
    await expect(openCache({ url: url(), timeout })).rejects.toMatchObject({ code: 'FUL-1012' })
  })

  it('a node of a cluster keeps the application from starting: it names keys of several slots at once', async () => {
    await using node = await RedisServer.start('--cluster-enabled', 'yes')
    await node.command('CLUSTER', 'ADDSLOTSRANGE', '0', '16383')
    await waitFor(async () => String(await node.command('CLUSTER', 'INFO')).includes('cluster_state:ok'))
    const refusal: unknown = await openCache({ url: node.url, timeout }).catch((error: unknown) => error)
    expect(refusal).toMatchObject({ code: 'FUL-1012' })
    expect(String(refusal)).toMatch(
      /CROSSSLOT.*a primary that is not part of a cluster \(nodes of one are given as `cluster`\)/s,
    )
  })

  it('nothing of what is listed as needed serves', async () => {
    await using opened = await openHealthy({ url: urlOf('app'), timeout })
    const { cache } = opened
    const key = keyOf('a')
    const terms = { ttl: 1_000, stamp: 0 }
    const lease = await cache.lease(EPOCH, key, terms)
    if (typeof lease !== 'object') throw new Error('somebody else has the lease')
    expect(await cache.lease(EPOCH, key, terms)).toBe('held')
    expect(await cache.renew(EPOCH, key, { ...lease, ttl: 1_000 })).toBe(true)
    expect(await cache.fill(EPOCH, key, fillOf({ lease }))).toBe('stored')
    for (const min of [5, 4])
      await cache.changed(EPOCH, { tags: [1], tombstone: { min, writeId: min }, ttl: 1_000 })
    expect((await cache.get(EPOCH, key)).tombstones).toHaveLength(1)
    expect((await cache.get(EPOCH, keyOf('b', []))).body).toBeUndefined()
    expect(await cache.lease(EPOCH, key, terms)).toBe('filled')
    await cache.release(EPOCH, key, lease)
    expect(cache.counters.failed).toBe(0)
  })

  it('is reached like a client of the application', async () => {
    const client = createClient({
      username: 'app',
      password: 's3cret',
      database: 0,
      socket: { host: '127.0.0.1', port: server.port },
    })
    await using opened = await openHealthy({ client, timeout })
    expect(await opened.cache.fill(EPOCH, keyOf('client', [2]), fillOf())).toBe('stored')
    expect(client.isOpen).toBe(false)
  })

  it('has databases that do not know of each other', async () => {
    await using one = await openHealthy({ url: urlOf('default', '', '/1'), timeout })
    await using other = await openHealthy({ url: urlOf('default', '', '/2'), timeout })
    await one.cache.fill(EPOCH, keyOf('apart'), fillOf())
    expect((await other.cache.get(EPOCH, keyOf('apart'))).body).toBeUndefined()
  })
})
