import { setTimeout as sleep } from 'node:timers/promises'
import { createClient } from 'redis'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { redis } from '../../../packages/fulcrum/src/adapters/redis/source.ts'
import { createRealClock } from '../../../packages/fulcrum/src/kernel/clock-real.ts'
import { createRealRandom } from '../../../packages/fulcrum/src/kernel/random-real.ts'
import type { SharedCache, SharedKey } from '../../../packages/fulcrum/src/ports/shared-cache.ts'
import { SHARED_CACHE_CONFORMANCE } from '../../../packages/fulcrum/src/prove/shared-cache-conformance.ts'
import { waitFor } from '../../support/wait-for.ts'
import { RedisServer } from './redis-server.ts'

const EPOCH = '7000000000000000001/1'
const TIMEOUT_MS = 100
/** A busy machine may be late with a timer; a hang is another thing. */
const SLACK_MS = 900
const clock = createRealClock()

async function open(url: string, lines: string[] = []): Promise<SharedCache> {
  const source = redis({ url, timeout: `${TIMEOUT_MS}ms` })
  const cache = await source.open({ clock, random: createRealRandom(), log: (line) => lines.push(line) })
  await cache.start()
  return cache
}

const fill = { body: new Uint8Array([1, 2, 3]), source: 'primary', lo: 1, sees: [], ttl: 60_000 } as const
const keyOf = (id: string): SharedKey => ({ id, tags: [1] })

describe('Redis as a shared cache', () => {
  let server: RedisServer
  let one: SharedCache
  let other: SharedCache

  beforeAll(async () => {
    server = await RedisServer.start()
    one = await open(server.url)
    other = await open(server.url)
  })

  afterAll(async () => {
    await one.close()
    await other.close()
    await server[Symbol.asyncDispose]()
  })

  it.each(SHARED_CACHE_CONFORMANCE)('$name', async ({ run }) => {
    const until = async (condition: () => boolean): Promise<void> => void (await waitFor(condition))
    await expect(run({ one, other, pass: (ms) => sleep(ms), until })).resolves.toBeUndefined()
  })

  it('takes what somebody else has left under its keys for a miss', async () => {
    await using client = await disposable(server.url)
    const [plain, tagged] = [{ id: 'planted', tags: [] }, keyOf('planted')]
    await one.fill(EPOCH, plain, fill)
    await one.fill(EPOCH, tagged, fill)
    for (const key of await client.keys('*planted*')) {
      await client.del(key)
      await client.hSet(key, 'field', 'value')
    }
    expect((await one.get(EPOCH, tagged)).body).toBeUndefined()
    await expect(one.get(EPOCH, plain)).rejects.toMatchObject({ code: 'FUL-3002' })
    expect(await one.fill(EPOCH, plain, fill)).toBe('stored')
    expect((await one.get(EPOCH, plain)).body).toHaveLength(3)
  })

  it('goes on after everything was flushed, scripts included', async () => {
    await using client = await disposable(server.url)
    await one.fill(EPOCH, keyOf('flushed'), fill)
    await client.flushAll()
    await client.scriptFlush()
    expect((await one.get(EPOCH, keyOf('flushed'))).body).toBeUndefined()
    expect(await one.fill(EPOCH, keyOf('flushed'), fill)).toBe('stored')
  })
})

describe('a Redis in trouble', () => {
  it('that hangs costs each operation its time at the most, then nothing, until it is back', async () => {
    await using server = await RedisServer.start()
    const lines: string[] = []
    const cache = await open(server.url, lines)
    await cache.fill(EPOCH, keyOf('a'), fill)
    server.pause()
    for (let index = 0; index < 5; index += 1) {
      const started = performance.now()
      await expect(cache.get(EPOCH, keyOf('a'))).rejects.toMatchObject({ code: 'FUL-3002' })
      expect(performance.now() - started).toBeLessThan(TIMEOUT_MS + SLACK_MS)
    }
    expect(cache.isHealthy).toBe(false)
    server.resume()
    await waitFor(() => cache.isHealthy, { what: 'Redis is used again' })
    expect((await cache.get(EPOCH, keyOf('a'))).body).toHaveLength(3)
    expect(lines).toHaveLength(2)
    await cache.close()
  })

  it('that dies fails what is in flight, and is used again when it is back; news may have been missed', async () => {
    await using server = await RedisServer.start()
    const cache = await open(server.url)
    let gaps = 0
    cache.listen({ message: () => {}, gap: () => (gaps += 1) })
    const inFlight = Array.from({ length: 50 }, () =>
      cache.get(EPOCH, keyOf('a')).catch((error: unknown) => error),
    )
    await server.kill()
    await Promise.all(inFlight)
    await waitFor(() => !cache.isHealthy)
    await expect(cache.get(EPOCH, keyOf('a'))).rejects.toMatchObject({ code: 'FUL-3002' })
    await server.start()
    await waitFor(() => cache.isHealthy)
    expect(await cache.fill(EPOCH, keyOf('a'), fill)).toBe('stored')
    await waitFor(() => gaps > 0, { what: 'the gap was told' })
    await cache.close()
  })

  it('that is not there yet does not hold up the start', async () => {
    await using server = await RedisServer.start()
    await server.kill()
    const cache = await open(server.url)
    expect(cache.isHealthy).toBe(false)
    await server.start()
    await waitFor(() => cache.isHealthy)
    await cache.close()
  })

  it('that is full takes nothing more, and is read from all the same', async () => {
    await using server = await RedisServer.start('--maxmemory', '3mb', '--maxmemory-policy', 'noeviction')
    const cache = await open(server.url)
    expect(await cache.fill(EPOCH, keyOf('early'), fill)).toBe('stored')
    const large = { ...fill, body: new Uint8Array(512 * 1024) }
    const fills = Array.from({ length: 12 }, (_, index) => cache.fill(EPOCH, keyOf(`large${index}`), large))
    const outcomes = await Promise.allSettled(fills)
    expect(outcomes.some(({ status }) => status === 'rejected')).toBe(true)
    expect((await cache.get(EPOCH, keyOf('early'))).body).toHaveLength(3)
    expect(cache.isHealthy).toBe(true)
    await cache.close()
  })
})

/** The parts of a client that the tests use. */
interface Client extends AsyncDisposable {
  keys(pattern: string): Promise<string[]>
  del(key: string): Promise<number>
  hSet(key: string, field: string, value: string): Promise<number>
  flushAll(): Promise<string>
  scriptFlush(): Promise<string>
}

async function disposable(url: string): Promise<Client> {
  const client = createClient({ url })
  await client.connect()
  return Object.assign(client, { [Symbol.asyncDispose]: async () => client.destroy() })
}
