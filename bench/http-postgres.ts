// A point read from PostgreSQL over HTTP: Fulcrum against Fastify and a pg pool by hand, with plain SQL and with Kysely.
import pg from 'pg'
import { alternate, type Contender, pick } from './lib/alternate.ts'
import { startBenchCluster } from './lib/bench-cluster.ts'
import { load, type Loaded } from './lib/load.ts'
import { print, printRatio } from './lib/outcome.ts'
import { ServerProcess } from './lib/server-process.ts'
import { productId, SCHEMA } from './servers/product.ts'

const paths = Array.from({ length: 1000 }, (_, index) => `/products/${productId(index + 1)}`)
const notes = [
  '64 connections; zod on input and output and the same headers on both sides; pool of 10 for the peer',
]

await using cluster = await startBenchCluster()
const setup = new pg.Client(cluster.primaryUrl)
await setup.connect()
await setup.query(SCHEMA)
await setup.end()

await compare('plain SQL', ['fulcrum-sql', 'hand-sql'], 1.2)
await compare('Kysely', ['fulcrum-kysely', 'hand-kysely'], 1.1)

async function compare(
  how: string,
  names: readonly [ours: string, peer: string],
  target: number,
): Promise<void> {
  await using servers = new AsyncDisposableStack()
  const contenders: Contender<Loaded>[] = []
  for (const name of names) {
    const program = new URL(`./servers/${name}.ts`, import.meta.url)
    const server = servers.use(await ServerProcess.start(program, { DATABASE_URL: cluster.primaryUrl }))
    contenders.push({ name, round: () => load(server, { paths }) })
  }
  const figures = await alternate(contenders)
  const title = `Point read over HTTP, ${how}`
  const rates = pick(figures, ({ rate }) => rate)
  const throughput = { title, unit: 'requests per second', better: 'more', figures: rates, notes } as const
  print(throughput)
  printRatio(throughput, names, target)
  const cpu = pick(figures, (loaded) => loaded.cpu)
  const processor = { title: '… processor', unit: 'µs per request', better: 'less', figures: cpu } as const
  print(processor)
  printRatio(processor, names)
}
