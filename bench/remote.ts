// What a call of another process costs, and in which form its bodies travel: MessagePack, and JSON that keeps dates apart from texts, each through the same
// client, pool, signature and server, 32 at a time, both sides in one process. Plain JSON, which loses dates, is what JSON could be at best.
import { query } from 'fulcrum'
import { z } from 'zod'
import { createRuntime } from '../packages/fulcrum/src/enforce/runtime/create-runtime.ts'
import { BINARY, type Codec } from '../packages/fulcrum/src/http/internal/codec.ts'
import { InternalRoute } from '../packages/fulcrum/src/http/internal/internal-route.ts'
import { InternalServer } from '../packages/fulcrum/src/http/internal/internal-server.ts'
import { PooledTransport } from '../packages/fulcrum/src/http/internal/pooled-transport.ts'
import { RemoteClient } from '../packages/fulcrum/src/http/internal/remote-client.ts'
import { createRealClock } from '../packages/fulcrum/src/kernel/clock-real.ts'
import { Deadline } from '../packages/fulcrum/src/kernel/deadline.ts'
import { silentObserver } from '../packages/fulcrum/src/kernel/observer.ts'
import { createRealRandom } from '../packages/fulcrum/src/kernel/random-real.ts'
import { plan } from '../packages/fulcrum/src/plan/compile-plan.ts'
import { alternate, type Contender, pick } from './lib/alternate.ts'
import { concurrently, type Cost } from './lib/concurrently.ts'
import { type Outcome, print, printTimes } from './lib/outcome.ts'

const KEY = 'a key that both sides of a benchmark have'
const WORKERS = 32
const MS = 300

const plainJson: Codec = {
  mediaType: 'application/vnd.fulcrum+json-plain',
  pack: (value) => Buffer.from(JSON.stringify(value)),
  unpack: (bytes) => JSON.parse(Buffer.from(bytes).toString()) as unknown,
}

const taggedJson: Codec = {
  mediaType: 'application/vnd.fulcrum+json',
  pack: (value) => Buffer.from(JSON.stringify(value, tagged)),
  unpack: (bytes) =>
    JSON.parse(Buffer.from(bytes).toString(), (_, value: unknown) => untagged(value)) as unknown,
}

function tagged(this: unknown, name: string, value: unknown): unknown {
  const own = (this as Readonly<Record<string, unknown>>)[name]
  if (own instanceof Date) return { $date: own.getTime() }
  return typeof value === 'bigint' ? { $bigint: String(value) } : value
}

function untagged(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if ('$date' in value) return new Date(value.$date as number)
  return '$bigint' in value ? BigInt(value.$bigint as string) : value
}

const codecs = { MessagePack: BINARY, JSON: taggedJson, 'JSON without dates': plainJson }

const Id = z.object({ id: z.string() })
// Checking an output costs the same whatever it travels as.
const one = query('bench.one', { input: Id, output: z.unknown() })
const list = query('bench.list', { input: Id, output: z.unknown() })
const product = (index: number): object => ({
  id: `a0000000-0000-4000-8000-${String(index).padStart(12, '0')}`,
  name: `Product ${index}`,
  description: 'A thing of which there are many, and which somebody may want to have.',
  price: { amount: 1_000 + index, currency: 'EUR' },
  tags: ['new', 'blue', 'small'],
  createdAt: new Date(1.7e12 + index),
})
const answers = {
  [one.name]: product(1),
  [list.name]: Array.from({ length: 100 }, (_, index) => product(index)),
}

const clock = createRealClock()
const random = createRealRandom()
const module = {
  kind: 'module',
  name: 'bench',
  db: undefined,
  rows: undefined,
  migrations: undefined,
  bindings: [],
} as const
const operations = [one, list].map((operation) => {
  const handler = (): unknown => answers[operation.name]
  const given = { operation, handler, module, bindDb: undefined }
  return { ...given, plan: plan(operation, module, { store: undefined }) }
})

await using open = new AsyncDisposableStack()

async function clientOf(codec: Codec): Promise<RemoteClient> {
  const runtime = createRuntime({ operations, store: undefined, clock, random, observer: silentObserver })
  const trust = { clock, keys: [KEY], signer: undefined, failed: console.error }
  const route = new InternalRoute({ ...trust, runtime, codec })
  const server = await InternalServer.listen(route, { port: 0, host: '127.0.0.1' }, clock)
  const transport = await PooledTransport.open({ url: server.url, connections: WORKERS })
  const client = new RemoteClient({ module: 'bench', transport, key: KEY, clock, random, codec })
  open.defer(async () => {
    await client.close()
    await server.close()
  })
  return client
}

const call = {
  kind: 'query',
  input: { id: '7' },
  principal: { id: 'ada' },
  deadline: Deadline.none,
  ifMatch: undefined,
  idempotencyKey: undefined,
  traceparent: undefined,
  token: '',
  repeats: true,
} as const

const clients = await Promise.all(
  Object.entries(codecs).map(async ([name, codec]) => ({ name, client: await clientOf(codec) })),
)

for (const [title, operation] of [
  ['One product', one.name],
  ['A hundred products', list.name],
] as const) {
  const contenders = clients.map(({ name, client }): Contender<Cost> => {
    const ask = (): Promise<unknown> => client.call({ ...call, operation })
    return { name, round: () => concurrently({ workers: WORKERS, ms: MS }, ask) }
  })
  const figures = await alternate(contenders, { rounds: 11, warmUp: 2 })
  const outcome: Outcome = {
    title,
    unit: 'µs of processor time per call',
    better: 'less',
    figures: pick(figures, ({ cpu }) => cpu),
  }
  print(outcome)
  printTimes(outcome, 'MessagePack', 'JSON')
  printTimes(outcome, 'MessagePack', 'JSON without dates')
}
