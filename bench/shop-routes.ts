// The honest one: the shop's own routes with everything on, on a primary and a replica.
import { alternate, pick } from './lib/alternate.ts'
import { startBenchCluster } from './lib/bench-cluster.ts'
import { load } from './lib/load.ts'
import { print } from './lib/outcome.ts'
import { ServerProcess } from './lib/server-process.ts'

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

await using cluster = await startBenchCluster(1)
await using shop = await ServerProcess.start(new URL('./servers/shop.ts', import.meta.url), {
  DATABASE_URL: cluster.primaryUrl,
  DATABASE_REPLICA_URLS: cluster.replicaUrls.join(','),
})
const contenders = Object.entries(routes).map(([name, paths]) => ({
  name,
  round: () => load(shop, { paths }),
}))
const figures = await alternate(contenders, { rounds: 5, warmUp: 1 })
const rates = pick(figures, ({ rate }) => rate)
const cpu = pick(figures, (loaded) => loaded.cpu)
const notes = ['64 connections; validation, deadlines, metrics, routing and ETags as the shop declares them']
print({ title: 'Routes of the shop', unit: 'requests per second', better: 'more', figures: rates, notes })
print({ title: '… processor of the server', unit: 'µs per request', better: 'less', figures: cpu })
