import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RedisOptions } from '../../../../packages/fulcrum/src/adapters/redis/options.ts'
import { FaultProxy } from '../../../support/fault-proxy.ts'
import { waitFor } from '../../../support/wait-for.ts'
import { NEEDED } from '../needed.ts'
import { EPOCH, fillOf, keyOf, openCache, openHealthy } from '../open-cache.ts'
import { RedisServer } from '../redis-server.ts'
import { RedisCluster } from './redis-cluster.ts'

/** A busy machine must not decide whether a test passes. */
const timeout = '5s'

describe('where a cluster is configured', () => {
  let cluster: RedisCluster

  beforeAll(async () => {
    cluster = await RedisCluster.start()
    const users = {
      app: [...NEEDED, '+cluster|slots'],
      'no-slots': NEEDED,
      'no-eval': ['-eval', '+cluster|slots'],
    }
    for (const node of cluster.nodes)
      for (const [user, rules] of Object.entries(users))
        await node.command('ACL', 'SETUSER', user, 'on', '>s3cret', 'resetchannels', ...rules)
  })

  afterAll(() => cluster[Symbol.asyncDispose]())

  const urlsOf = (user: string, password = 's3cret'): string[] =>
    cluster.nodes.map(({ port }) => `redis://${user}:${password}@127.0.0.1:${port}`)

  const refusalOf = (options: RedisOptions): Promise<unknown> =>
    openCache({ ...options, timeout }).catch((error: unknown) => error)

  it('a server that is none keeps the application from starting', async () => {
    await using server = await RedisServer.start()
    const refusal = await refusalOf({ cluster: [server.url] })
    expect(refusal).toMatchObject({ code: 'FUL-1012' })
    expect(String(refusal)).toMatch(
      /cluster support disabled.*nodes of a cluster \(a server that is none is given as `url`\)/s,
    )
  })

  it.each([
    ['no-slots', /NOPERM.*cluster.*Allowed: .*CLUSTER SLOTS/s],
    ['no-eval', /NOPERM/],
  ])('%s keeps the application from starting', async (user, reason) => {
    const refusal = await refusalOf({ cluster: urlsOf(user) })
    expect(refusal).toMatchObject({ code: 'FUL-1012' })
    expect(String(refusal)).toMatch(reason)
    expect(String(refusal)).not.toContain('s3cret')
  })

  it('a wrong password keeps the application from starting', async () => {
    expect(await refusalOf({ cluster: urlsOf('app', 'other') })).toMatchObject({ code: 'FUL-1012' })
  })

  it('what is listed as needed serves', async () => {
    await using opened = await openHealthy({ cluster: urlsOf('app'), timeout })
    const { cache } = opened
    const key = keyOf('a')
    const lease = await cache.lease(EPOCH, key, { ttl: 60_000, stamp: 0 })
    if (typeof lease !== 'object') throw new Error('somebody else has the lease')
    expect(await cache.fill(EPOCH, key, fillOf({ lease }))).toBe('stored')
    await cache.changed(EPOCH, { tags: [1], tombstone: { min: 5, writeId: 5 }, ttl: 60_000 })
    expect((await cache.get(EPOCH, key)).tombstones).toHaveLength(1)
    expect(await cache.bump('test.query', 0)).toBeGreaterThan(0)
    expect(cache.counters.failed).toBe(0)
  })

  it('nodes are reached where the map says', async () => {
    const proxies = await Promise.all(cluster.nodes.map(({ port }) => FaultProxy.before(port)))
    const addressOf = (index: number) => ({ host: '127.0.0.1', port: proxies[index]?.port ?? 0 })
    const entries = cluster.nodes.map(({ port }, index) => [`127.0.0.1:${port}`, addressOf(index)] as const)
    const nodeAddressMap = Object.fromEntries(entries)
    for (const map of [nodeAddressMap, (announced: string) => nodeAddressMap[announced]]) {
      await using opened = await openHealthy({ cluster: urlsOf('app'), nodeAddressMap: map, timeout })
      const before = proxies.map(({ connections }) => connections)
      expect(Math.min(...before)).toBeGreaterThan(0)
      for (const proxy of proxies) proxy.cut()
      await waitFor(() => proxies.every(({ connections }, index) => connections > (before[index] ?? 0)))
      await waitFor(() => opened.cache.isHealthy)
    }
    await Promise.all(proxies.map((proxy) => proxy[Symbol.asyncDispose]()))
  })
})
