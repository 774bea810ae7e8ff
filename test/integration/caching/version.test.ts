import { createClient } from 'redis'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { waitFor } from '../../support/wait-for.ts'
import type { RedisServer } from '../redis/redis-server.ts'
import { countProducts, getProduct, setPrice } from './products-app.ts'
import { type Started, type TwoInstances, twoInstances } from './two-instances.ts'

/** The promise is a second. */
const BOUND_MS = 1_000

describe('versions of entries over PostgreSQL and Redis', () => {
  let two: TwoInstances
  let server: RedisServer
  let instances: readonly Started[]
  let products = 0

  beforeAll(async () => {
    // Without replicas, which lag: what is read anew is right.
    two = await twoInstances({ hasReplica: false })
    server = two.server
    instances = [two.one, two.other]
  })

  afterAll(() => two[Symbol.asyncDispose]())

  const counts = (): Promise<readonly number[]> =>
    Promise.all(instances.map(async ({ app }) => (await app.call(countProducts)).count))

  /** Adds a product that nobody who has counted knows of, and waits until both instances have the old count from a cache. */
  async function addUnseen(): Promise<void> {
    const before = products
    await waitFor(async () => (await counts()).every((count) => count === before), {
      what: 'both have counted what there is',
    })
    products += 1
    await instances[0]?.app.call(setPrice, { id: `product ${products}`, price: 1 })
    expect(await counts()).toEqual([before, before])
  }

  /** Both have counted all there are, whatever was before. */
  async function everywhere(): Promise<void> {
    await waitFor(
      async () => {
        const bumps = instances.map(({ app }) => app.bumpVersion(countProducts))
        const isBumped = (await Promise.allSettled(bumps)).every(({ status }) => status === 'fulfilled')
        return isBumped && (await counts()).every((count) => count === products)
      },
      { what: 'both have counted anew' },
    )
  }

  it('a bump on one instance ends what is cached on all', async () => {
    await addUnseen()
    await instances[0]?.app.bumpVersion(countProducts)
    const bumpedAt = performance.now()
    await waitFor(async () => (await instances[1]?.app.call(countProducts))?.count === products, {
      what: 'the other instance has counted anew',
    })
    // It does not say how soon, only that nothing of before is served when the bound is over.
    while (performance.now() - bumpedAt < BOUND_MS) await counts()
    expect(await counts()).toEqual([products, products])
  })

  it('whatever is cached is read anew after Redis was flushed', async () => {
    await everywhere()
    await addUnseen()
    const client = createClient({ url: server.url })
    await client.connect()
    await client.flushAll()
    client.destroy()
    await waitFor(async () => (await counts()).every((count) => count === products), {
      what: 'both have noticed that the version is gone',
    })
  })

  it('is refused while Redis is away, and for queries without versions', async () => {
    const [one] = instances as [Started]
    await expect(one.app.bumpVersion(getProduct)).rejects.toMatchObject({ code: 'FUL-1002' })
    await everywhere()
    await server.kill()
    await expect(one.app.bumpVersion(countProducts)).rejects.toMatchObject({ code: 'FUL-3002' })
    expect((await one.app.call(countProducts)).count).toBeLessThanOrEqual(products)
    await server.start()
    await everywhere()
  })
})
