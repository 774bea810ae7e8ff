// A point read from PostgreSQL over HTTP: Fulcrum against Fastify and a pg pool by hand, with plain SQL and with Kysely.
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createApp } from 'fulcrum/app'
import { embedded } from 'fulcrum/embedded'
import { module } from 'fulcrum'
import { alternate, print, ratio } from './lib/alternate.ts'
import { requestsPerSecond } from './lib/load.ts'
import { ServerProcess } from './lib/server-process.ts'
import { productId, SCHEMA } from './servers/product.ts'

const directory = mkdtempSync(join(tmpdir(), 'fulcrum-bench-'))
// PostgreSQL refuses to run as root and then runs as somebody who has to be able to enter.
chmodSync(directory, 0o755)
const paths = Array.from({ length: 1000 }, (_, index) => `/products/${productId(index + 1)}`)

/** The database comes from an application that does nothing but hold it. */
let url = ''
const bench = module('bench', { migrations: [{ name: '0001_product', up: SCHEMA }], handlers: () => [] })
const source = embedded({ directory, replicas: 0 })
const watched = {
  ...source,
  start: async (...parts: Parameters<typeof source.start>) => {
    const cluster = await source.start(...parts)
    url = cluster.primaryUrl
    return cluster
  },
}
const app = await createApp({ modules: [bench], store: watched }).start()

async function compare(title: string, names: readonly [ours: string, peer: string]): Promise<void> {
  await using ours = await ServerProcess.start(names[0], { DATABASE_URL: url })
  await using peer = await ServerProcess.start(names[1], { DATABASE_URL: url })
  const contenders = [
    { name: names[0], round: () => requestsPerSecond({ url: ours.url, paths }) },
    { name: names[1], round: () => requestsPerSecond({ url: peer.url, paths }) },
  ]
  const notes = [
    '64 connections; zod on input and output and the same headers on both sides; pool of 10 for the peer',
  ]
  const outcome = await alternate({
    title,
    unit: 'requests per second',
    better: 'more',
    contenders,
    notes,
    rounds: 5,
    warmUp: 1,
  })
  print(outcome)
  console.log(`  ratio ${ratio(outcome, names[0], names[1]).toFixed(2)}`)
}

await compare('Point read over HTTP, plain SQL', ['fulcrum-sql', 'hand-sql'])
await compare('Point read over HTTP, Kysely', ['fulcrum-kysely', 'hand-kysely'])
await app.close()
rmSync(directory, { recursive: true, force: true })
