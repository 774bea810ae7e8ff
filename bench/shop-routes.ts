// The honest one: the shop's own routes with everything on, on an embedded primary and replica.
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createApp } from 'fulcrum/app'
import { embedded } from 'fulcrum/embedded'
import { alternate, print } from './lib/alternate.ts'
import { requestsPerSecond } from './lib/load.ts'
import { ServerProcess } from './lib/server-process.ts'

const directory = mkdtempSync(join(tmpdir(), 'fulcrum-bench-'))
// PostgreSQL refuses to run as root and then runs as somebody who has to be able to enter.
chmodSync(directory, 0o755)

const urls = { DATABASE_URL: '', DATABASE_REPLICA_URLS: '' }
const source = embedded({ directory })
const watched = {
  ...source,
  start: async (...parts: Parameters<typeof source.start>) => {
    const cluster = await source.start(...parts)
    urls.DATABASE_URL = cluster.primaryUrl
    urls.DATABASE_REPLICA_URLS = (await cluster.replicaUrls()).join(',')
    return cluster
  },
}
const cluster = await createApp({ modules: [], store: watched }).start()

const ids = (kind: string): string[] =>
  Array.from(
    { length: 1000 },
    (_, index) => `${kind}0000000-0000-4000-8000-${String(index + 1).padStart(12, '0')}`,
  )

const routes: Readonly<Record<string, readonly string[]>> = {
  'GET /healthz (no operation: what HTTP alone costs)': ['/healthz'],
  'GET /products/:id (eventual, pipelined)': ids('a').map((id) => `/products/${id}`),
  'GET /profiles/:userId (strong, pipelined)': ids('c').map((id) => `/profiles/${id}`),
  'GET /accounts/:id/balance (strong, a connection of its own)': ids('c').map(
    (id) => `/accounts/${id}/balance`,
  ),
  'GET /products?limit=20 (eventual list)': ['/products?limit=20'],
  'GET /customers/:id/orders (two modules)': ids('c').map((id) => `/customers/${id}/orders`),
}

{
  await using shop = await ServerProcess.start('shop', urls)
  const contenders = Object.entries(routes).map(([name, paths]) => ({
    name,
    round: () => requestsPerSecond({ url: shop.url, paths, seconds: 2 }),
  }))
  const notes = [
    '64 connections; validation, deadlines, metrics, routing and ETags as the shop declares them',
  ]
  print(
    await alternate({
      title: 'Routes of the shop',
      unit: 'requests per second',
      better: 'more',
      contenders,
      notes,
      rounds: 3,
      warmUp: 1,
    }),
  )
}

await cluster.close()
rmSync(directory, { recursive: true, force: true })
