import type { AuditReport } from 'fulcrum/app'
import { expect, test } from 'vitest'
import { seeded } from '../../../examples/shop/traffic/random.ts'
import { look, visit } from '../../../examples/shop/traffic/visitors.ts'
import { waitFor } from '../../support/wait-for.ts'
import { RedisServer } from '../redis/redis-server.ts'
import { openShop, shopDatabase } from './support/shop.ts'

/** Answers that were compared and could be. */
function decided({ held, allowed, undeclared, violated }: AuditReport): number {
  return held + allowed + undeclared + violated
}

/** Also of those that a cache has given. */
function isEnough(reports: readonly AuditReport[]): boolean {
  const isOfCache = reports.some(({ operation, held }) => operation === 'catalog.get' && held > 0)
  return isOfCache && reports.reduce((sum, report) => sum + decided(report), 0) >= 60
}

test('the audit finds nothing in what the shop answers to its traffic', { timeout: 120_000 }, async () => {
  await using database = await shopDatabase()
  await using redis = await RedisServer.start()
  await using shop = await openShop(database, { audit: { share: 1 }, env: { REDIS_URL: redis.url } })
  const world = await waitFor(() => look(shop.url), { deadline: 30_000, what: 'the shop to be warm' })
  const stop = new AbortController()
  const visiting = visit(
    { url: shop.url, rate: 100, world, random: seeded(1), record: () => {} },
    stop.signal,
  )
  try {
    await waitFor(() => isEnough(shop.app.audit()), { deadline: 90_000, what: '60 answers to be compared' })
  } finally {
    stop.abort()
    await visiting
  }
  for (const report of shop.app.audit()) expect(report).toMatchObject({ violated: 0, undeclared: 0 })
})
