import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { SHARED_CACHE_CONFORMANCE } from '../../../packages/fulcrum/src/prove/shared-cache-conformance.ts'
import { Trouble } from '../../../packages/fulcrum/src/prove/shared-cache/trouble.ts'
import { clock, random } from '../../support/parts.ts'
import { waitFor } from '../../support/wait-for.ts'
import { type OpenedCache, openHealthy } from './open-cache.ts'
import { RedisServer } from './redis-server.ts'

/** A busy machine must not decide whether two servers' worth of tests pass. */
const timeout = '2s'

describe('Redis as a shared cache', () => {
  let server: RedisServer
  let one: OpenedCache
  let other: OpenedCache
  const trouble = new Trouble({ clock, random, timeout: 2_000, latency: 1 })

  beforeAll(async () => {
    server = await RedisServer.start()
    one = await openHealthy({ url: server.url, timeout }, trouble)
    other = await openHealthy({ url: `${server.url}/0`, timeout }, trouble)
  })

  afterAll(async () => {
    await one[Symbol.asyncDispose]()
    await other[Symbol.asyncDispose]()
    await server[Symbol.asyncDispose]()
  })

  function conform(run: (typeof SHARED_CACHE_CONFORMANCE)[number]['run']): Promise<void> {
    const underTest = {
      one: one.cache,
      other: other.cache,
      // The time of a real server passes by itself.
      pass: (ms: number) => sleep(ms),
      until: async (condition: () => boolean) => void (await waitFor(condition)),
    }
    return run(underTest)
  }

  it.each(SHARED_CACHE_CONFORMANCE)('$name', async ({ run }) => {
    await expect(conform(run)).resolves.toBeUndefined()
  })

  it.each(SHARED_CACHE_CONFORMANCE)('while it is slow: $name', async ({ run }) => {
    trouble.begin('slow')
    await expect(conform(run)).resolves.toBeUndefined()
    trouble.end()
  })

  it('is well again after every kind of trouble', async () => {
    for (const kind of ['hanging', 'cut', 'failing', 'full', 'lossy', 'outdated', 'garbled', 'deaf'] as const)
      trouble.begin(kind, 0.5)
    const asked = SHARED_CACHE_CONFORMANCE.map(({ run }) => conform(run))
    await Promise.allSettled(asked)
    trouble.end()
    trouble.flush()
    for (const { run } of SHARED_CACHE_CONFORMANCE) await expect(conform(run)).resolves.toBeUndefined()
  }, 60_000)
})
