import { describe, expect, it } from 'vitest'
import type { SharedCache } from '../../../packages/fulcrum/src/ports/shared-cache.ts'
import { FaultProxy } from '../../support/fault-proxy.ts'
import { waitFor } from '../../support/wait-for.ts'
import { EPOCH, fillOf, keyOf, openCache, openHealthy, TIMEOUT_MS } from './open-cache.ts'
import { RedisServer } from './redis-server.ts'
import { Load, timed } from './timed.ts'

/** A busy machine may be late with a timer; a hang is another thing. */
const BOUND_MS = TIMEOUT_MS + 5_000
/** From the return of a server until it is used again. */
const RECOVERY_MS = 5_000

interface Trouble {
  readonly server: RedisServer
  readonly proxy: FaultProxy
}

/** What goes wrong, and how it ends. */
const TROUBLES: readonly [string, (parts: Trouble) => unknown, (parts: Trouble) => unknown][] = [
  ['hangs', ({ server }) => server.pause(), ({ server }) => server.resume()],
  ['dies', ({ server }) => server.kill(), ({ server }) => server.start()],
  [
    'cannot be reached',
    ({ proxy }) => {
      proxy.welcome = 'refuse'
      proxy.cut()
    },
    ({ proxy }) => (proxy.welcome = 'join'),
  ],
  [
    'falls silent',
    ({ proxy }) => {
      proxy.welcome = 'silence'
      proxy.silence()
    },
    ({ proxy }) => (proxy.welcome = 'join'),
  ],
  ['is slow', ({ proxy }) => (proxy.latency = 2 * TIMEOUT_MS), ({ proxy }) => (proxy.latency = 0)],
]

/** News for all instances; `true` when they were sent. */
async function tell(cache: SharedCache): Promise<boolean> {
  const change = { tags: [99], tombstone: { min: 1, writeId: 1 }, ttl: 1_000 }
  return (await timed(cache.changed(EPOCH, change))).outcome === 'answered'
}

describe('a Redis under load', () => {
  it.each(TROUBLES)(
    'that %s holds nobody up, and is used again when it is back',
    async (_what, begin, end) => {
      await using server = await RedisServer.start()
      await using proxy = await FaultProxy.before(server.port)
      await using opened = await openHealthy({ url: `redis://127.0.0.1:${proxy.port}` })
      const { cache, lines } = opened
      const heard: string[] = []
      const load = new Load(cache)
      await waitFor(() => load.operations.length > 1_000 && cache.isHealthy, { deadline: 30_000 })
      const before = lines.length

      await begin({ server, proxy })
      await waitFor(() => !cache.isHealthy, { what: 'it is known to be away' })
      const turnedDown = await Promise.all(
        Array.from({ length: 100 }, () => timed(cache.get(EPOCH, keyOf('a')))),
      )
      expect(turnedDown.every(({ outcome }) => outcome === 'unavailable')).toBe(true)
      expect(Math.max(...turnedDown.map(({ took }) => took))).toBeLessThan(TIMEOUT_MS)

      await end({ server, proxy })
      await waitFor(() => cache.isHealthy, { what: 'it is used again', deadline: RECOVERY_MS })
      await waitFor(async () => (await timed(cache.get(EPOCH, keyOf('a')))).outcome === 'answered')
      await load.stop()
      expect(load.slowest).toBeLessThan(BOUND_MS)
      await waitFor(() => opened.gaps() > 0, { what: 'it is told that news may have been missed' })
      cache.listen({ message: ({ kind }) => heard.push(kind), gap: () => {} })
      await waitFor(async () => (await tell(cache)) && heard.includes('changed'))
      const said = lines.slice(before).filter((line) => line.startsWith('Redis'))
      expect(said[0]).toContain('is away, and the database answers instead: ')
      expect(said.at(-1)).toMatch(/is back$/)
    },
  )
})

describe('a Redis in trouble', () => {
  it('costs a single caller its time three times, then nothing', async () => {
    await using server = await RedisServer.start()
    await using opened = await openHealthy({ url: server.url })
    const { cache } = opened
    server.pause()
    for (let count = 0; count < 3; count += 1) {
      const { outcome, took } = await timed(cache.get(EPOCH, keyOf('a')))
      expect(outcome).toBe('unavailable')
      // The coarse clock is behind where the process was busy.
      expect(took).toBeGreaterThan(TIMEOUT_MS / 2)
      expect(took).toBeLessThan(BOUND_MS)
    }
    expect((await timed(cache.get(EPOCH, keyOf('a')))).took).toBeLessThan(TIMEOUT_MS)
    // The connection of news is asked for signs of life, too.
    const { timedOut, refused, lost } = cache.counters
    expect([timedOut >= 3, refused, lost >= 1]).toEqual([true, 1, true])
    server.resume()
  })

  it('is not blamed for a pause of this process', async () => {
    await using server = await RedisServer.start()
    await using opened = await openHealthy({ url: server.url })
    const { cache } = opened
    const inFlight = Array.from({ length: 50 }, () => timed(cache.get(EPOCH, keyOf('a'))))
    await new Promise(setImmediate)
    const until = performance.now() + 3 * TIMEOUT_MS
    while (performance.now() < until);
    expect((await Promise.all(inFlight)).every(({ outcome }) => outcome === 'answered')).toBe(true)
    expect(cache.counters.timedOut).toBe(0)
  })

  it('that is not there yet does not hold up the start; news from before are a gap', async () => {
    await using server = await RedisServer.start()
    await server.kill()
    await using opened = await openCache({ url: server.url })
    expect(opened.cache.isHealthy).toBe(false)
    await server.start()
    await waitFor(() => opened.cache.isHealthy)
    await waitFor(() => opened.gaps() === 1)
    expect(await opened.cache.fill(EPOCH, keyOf('a'), fillOf())).toBe('stored')
  })

  it('that is full takes nothing more, says so once, and is read from all the same', async () => {
    await using server = await RedisServer.start('--maxmemory', '3mb', '--maxmemory-policy', 'noeviction')
    await using opened = await openHealthy({ url: server.url, timeout: '2s' })
    const { cache, lines } = opened
    expect(await cache.fill(EPOCH, keyOf('early'), fillOf())).toBe('stored')
    const large = fillOf({ body: new Uint8Array(512 * 1024) })
    const fills = Array.from({ length: 12 }, (_, index) => cache.fill(EPOCH, keyOf(`large${index}`), large))
    const outcomes = (await Promise.allSettled(fills)).map(({ status }) => status)
    expect(new Set(outcomes)).toEqual(new Set(['fulfilled', 'rejected']))
    expect((await cache.get(EPOCH, keyOf('early'))).body).toHaveLength(3)
    expect(cache.isHealthy).toBe(true)
    expect(lines).toEqual([expect.stringContaining('takes nothing more, and is only read from: OOM')])
    // An instance that starts now has to do with what can be read.
    await using late = await openHealthy({ url: server.url, timeout: '2s' })
    expect((await late.cache.get(EPOCH, keyOf('early'))).body).toHaveLength(3)
  })

  it('that is full ends the lease of a fill that it does not take', async () => {
    await using server = await RedisServer.start()
    await using opened = await openHealthy({ url: server.url, timeout: '2s' })
    const { cache } = opened
    const heard: string[] = []
    cache.listen({ message: ({ kind }) => heard.push(kind), gap: () => {} })
    const lease = await cache.lease(EPOCH, keyOf('a'), { ttl: 60_000, stamp: 0 })
    if (typeof lease !== 'object') throw new Error('somebody else has the lease')
    await cache.lease(EPOCH, keyOf('a'), { ttl: 60_000, stamp: 0 })
    await server.command('CONFIG', 'SET', 'maxmemory', '1mb')
    await expect(cache.fill(EPOCH, keyOf('a'), fillOf({ lease }))).rejects.toMatchObject({ code: 'FUL-3002' })
    await waitFor(() => heard.includes('filled'))
    await server.command('CONFIG', 'SET', 'maxmemory', '0')
    expect(await cache.lease(EPOCH, keyOf('a'), { ttl: 1_000, stamp: 0 })).toBeTypeOf('object')
  })

  it('that has become a replica is left until another one has taken its place', async () => {
    await using primary = await RedisServer.start()
    await using server = await RedisServer.start()
    await using opened = await openHealthy({ url: server.url, timeout: '2s' })
    const { cache, lines } = opened
    await server.command('REPLICAOF', '127.0.0.1', String(primary.port))
    await expect(cache.fill(EPOCH, keyOf('a'), fillOf())).rejects.toMatchObject({ code: 'FUL-3002' })
    expect(cache.isHealthy).toBe(false)
    expect(lines[0]).toContain('READONLY')
    await server.command('REPLICAOF', 'NO', 'ONE')
    await waitFor(() => cache.isHealthy)
    expect(await cache.fill(EPOCH, keyOf('a'), fillOf())).toBe('stored')
  })
})

describe('news between instances', () => {
  it('are asked for again where their connection is dead and nobody says so', async () => {
    await using server = await RedisServer.start()
    await using proxy = await FaultProxy.before(server.port)
    await using opened = await openHealthy({ url: `redis://127.0.0.1:${proxy.port}` })
    const told: string[] = []
    opened.cache.listen({ message: ({ kind }) => told.push(kind), gap: () => told.push('gap') })
    proxy.silence()
    await waitFor(() => told.includes('gap'))
    await waitFor(() => opened.cache.isHealthy)
    await waitFor(async () => (await tell(opened.cache)) && told.includes('changed'))
  })

  it('that could not be told are made up for by a gap', async () => {
    await using server = await RedisServer.start()
    await using proxy = await FaultProxy.before(server.port)
    await using one = await openHealthy({ url: `redis://127.0.0.1:${proxy.port}` })
    await using other = await openHealthy({ url: server.url })
    proxy.welcome = 'refuse'
    proxy.cut()
    await waitFor(() => !one.cache.isHealthy)
    await timed(one.cache.changed(EPOCH, { tags: [1], tombstone: { min: 1, writeId: 1 }, ttl: 1_000 }))
    await waitFor(() => one.cache.counters.dropped === 1)
    expect(other.gaps()).toBe(0)
    proxy.welcome = 'join'
    await waitFor(() => other.gaps() === 1, { what: 'the other instance knows that it has missed something' })
  })
})
