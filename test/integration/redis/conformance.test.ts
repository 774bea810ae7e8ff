import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { SHARED_CACHE_CONFORMANCE } from '../../../packages/fulcrum/src/prove/shared-cache-conformance.ts'
import { waitFor } from '../../support/wait-for.ts'
import { openCache, type OpenedCache } from './open-cache.ts'
import { RedisServer } from './redis-server.ts'

describe('Redis as a shared cache', () => {
  let server: RedisServer
  let one: OpenedCache
  let other: OpenedCache

  beforeAll(async () => {
    server = await RedisServer.start()
    // A busy machine must not decide whether two servers' worth of tests pass.
    one = await openCache({ url: server.url, timeout: '2s' })
    other = await openCache({ url: `${server.url}/0`, timeout: '2s' })
  })

  afterAll(async () => {
    await one[Symbol.asyncDispose]()
    await other[Symbol.asyncDispose]()
    await server[Symbol.asyncDispose]()
  })

  it.each(SHARED_CACHE_CONFORMANCE)('$name', async ({ run }) => {
    const underTest = {
      one: one.cache,
      other: other.cache,
      // The time of a real server passes by itself.
      pass: (ms: number) => sleep(ms),
      until: async (condition: () => boolean) => void (await waitFor(condition)),
    }
    await expect(run(underTest)).resolves.toBeUndefined()
  })
})
