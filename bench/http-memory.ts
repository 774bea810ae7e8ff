// An operation from memory over HTTP, beside bare Fastify and NestJS (on Fastify) with the same response headers: without a validator, and with
// the same zod schemas for input and output. Every server is a process of its own; they are loaded one after the other, in turn.
import { alternate, type Contender, print, ratio } from './lib/alternate.ts'
import { BenchServer } from './lib/http-server.ts'
import { PATH } from './http-memory/product.ts'

const CONNECTIONS = 64
const SECONDS = 2

const SERVERS = { 'bare Fastify': 'fastify', Fulcrum: 'fulcrum', 'NestJS on Fastify': 'nest' }

for (const validation of ['none', 'zod']) {
  await using servers = new AsyncDisposableStack()
  const contenders: Contender[] = []
  for (const [name, file] of Object.entries(SERVERS)) {
    const module = new URL(`./http-memory/${file}.ts`, import.meta.url)
    const server = servers.use(await BenchServer.start({ module, env: { BENCH_VALIDATION: validation } }))
    contenders.push({ name, round: () => server.load(PATH, { connections: CONNECTIONS, seconds: SECONDS }) })
  }
  const title = `An operation from memory over HTTP, ${validation === 'zod' ? 'validated with zod' : 'without a validator'}`
  const notes = [`${CONNECTIONS} connections, ${SECONDS} s per round, one core for the server`]
  const outcome = await alternate({ title, unit: 'requests per second', better: 'more', contenders, notes })
  print(outcome)
  for (const [peer, target] of [
    ['bare Fastify', 0.95],
    ['NestJS on Fastify', 1.8],
  ] as const) {
    console.log(`  Fulcrum over ${peer}: ${ratio(outcome, 'Fulcrum', peer).toFixed(2)} (target ${target})`)
  }
}
