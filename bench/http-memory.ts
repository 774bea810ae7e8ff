// An operation from memory over HTTP, beside bare Fastify and NestJS (on Fastify) with the same response headers: without a validator, and with
// the same zod schemas for input and output. Node's own server, with no framework on it, shows what all of them have in common. Every server is
// a process of its own; they are loaded one after the other, in turn. The first figure is processor time per request, which a busy machine
// disturbs least.
import { alternate, type Contender, pick } from './lib/alternate.ts'
import { load, type Loaded } from './lib/load.ts'
import { type Outcome, print, printRatio } from './lib/outcome.ts'
import { ServerProcess } from './lib/server-process.ts'
import { PATH } from './http-memory/product.ts'

const SERVERS = {
  'node:http by hand': 'node',
  'bare Fastify': 'fastify',
  Fulcrum: 'fulcrum',
  'NestJS on Fastify': 'nest',
}
const TARGETS = { 'bare Fastify': 0.95, 'NestJS on Fastify': 1.8 }
const ROUNDS = { rounds: 21, warmUp: 3 }

for (const validation of ['none', 'zod']) {
  const figures = await measure(validation)
  const how = validation === 'zod' ? 'validated with zod' : 'without a validator'
  const title = `From memory over HTTP, ${how}`
  const each = { unit: 'µs of processor per request', better: 'less' } as const
  compare({ title, ...each, figures: pick(figures, ({ cpu }) => cpu) })
  compare({ title: '… without the kernel', ...each, figures: pick(figures, ({ user }) => user) })
  const rates = pick(figures, ({ rate }) => rate)
  compare({ title: '… throughput', unit: 'requests per second', better: 'more', figures: rates })
  const busy = Math.max(...[...pick(figures, (loaded) => loaded.generatorBusy).values()].flat())
  console.log(`  the load generator was busy for at most ${Math.round(busy * 100)} % of a round`)
}

async function measure(validation: string): Promise<ReadonlyMap<string, readonly Loaded[]>> {
  await using servers = new AsyncDisposableStack()
  const contenders: Contender<Loaded>[] = []
  for (const [name, file] of Object.entries(SERVERS)) {
    const program = new URL(`./http-memory/${file}.ts`, import.meta.url)
    const server = servers.use(await ServerProcess.start(program, { BENCH_VALIDATION: validation }))
    contenders.push({ name, round: () => load(server, { paths: [PATH], seconds: 1 }) })
  }
  return await alternate(contenders, ROUNDS)
}

/** The ratio of NestJS to Node alone is the most that any framework on that server could reach. */
function compare(outcome: Outcome): void {
  print(outcome)
  for (const [peer, target] of Object.entries(TARGETS)) printRatio(outcome, ['Fulcrum', peer], target)
  printRatio(outcome, ['node:http by hand', 'NestJS on Fastify'])
}
