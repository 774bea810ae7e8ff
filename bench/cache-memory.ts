// Whether the cache in the process stays within its bound: reads of keys that never come again, each of which is kept, through `app.call`; what the
// heap holds after each tenth. A million keys; with `--full` ten. With `--soak` instead ten minutes of visitors on real servers with a small cache,
// and by how much the process grows per minute: what is resident, and what of the heap is in use.
import { module, query } from 'fulcrum'
import { createApp } from 'fulcrum/app'
import { z } from 'zod'
import { startBenchCluster } from './lib/bench-cluster.ts'
import { BenchRedis } from './lib/bench-redis.ts'
import { execute } from './lib/execute.ts'
import { heapInUse } from './lib/heap.ts'
import { profile, profileSchema } from './lib/profiles.ts'
import { slope } from './lib/slope.ts'
import { benchBackend } from './profile/fulcrum.ts'
import { readAll, visit } from './profile/visitors.ts'

const MIB = 2 ** 20
const BOUND = '64MiB'
const KEYS = process.argv.includes('--full') ? 10_000_000 : 1_000_000
const AT_A_TIME = 1_000

const SOAK = { users: 10_000, visitors: 64, seconds: 600 }
const SOAK_BOUND = '8MiB'
/** Until V8 has given its heap the size that it keeps. */
const WARM_UP_S = 300
const SAMPLE_MS = 2_000

type Sample = readonly [minute: number, mib: number]

if (process.argv.includes('--soak')) await soak()
else await fill()

async function fill(): Promise<void> {
  const get = query('bench.get', {
    input: z.object({ id: z.string() }),
    output: z.object({ id: z.string(), name: z.string(), price: z.int(), tags: z.array(z.string()) }),
    reads: ({ id }) => [profile(id)],
    contract: { consistency: 'eventual', cache: { strategy: 'aside', ttl: '1d' } },
  })
  const handler = async ({ id }: { id: string }) => ({
    id,
    name: `Product ${id}`,
    price: id.length,
    tags: ['a', 'b'],
  })
  const bench = module('bench', { handlers: (on) => [on(get, handler)] })
  const localCache = { bytes: BOUND, entries: KEYS } as const
  await using app = await createApp({ modules: [bench], localCache }).start()
  const read = (index: number): Promise<unknown> => app.call(get, { id: `p${index}` })

  await Promise.all(Array.from({ length: AT_A_TIME }, (_, index) => read(-index - 1)))
  const before = await heapInUse()
  const start = performance.now()
  const held: number[] = []
  for (let index = 0; index < KEYS; index += AT_A_TIME) {
    await Promise.all(Array.from({ length: AT_A_TIME }, (_, offset) => read(index + offset)))
    if ((index + AT_A_TIME) % (KEYS / 10) === 0) held.push(((await heapInUse()) - before) / MIB)
  }
  const seconds = (performance.now() - start) / 1_000
  console.log(
    `\n${KEYS.toLocaleString('en')} keys, each read once and kept, localCache.bytes ${BOUND} (MiB of heap after each tenth)`,
  )
  console.log(`  ${held.map((mib) => mib.toFixed(1)).join('  ')}`)
  console.log(
    `  at most ${Math.max(...held).toFixed(1)} MiB; ${((seconds / KEYS) * 1e6).toFixed(1)} µs per read, collections included`,
  )
}

async function soak(): Promise<void> {
  await using cluster = await startBenchCluster(1)
  await using redis = await BenchRedis.start()
  await execute(cluster.primaryUrl, profileSchema(SOAK.users, 2_000))
  const servers = { primary: cluster.primaryUrl, replicas: cluster.replicaUrls, redis: redis.url }
  await using backend = await benchBackend(servers, 'cached', { bytes: SOAK_BOUND })
  await readAll(backend.instances, SOAK)
  await visit(backend.instances, { ...SOAK, seconds: WARM_UP_S })
  const resident: Sample[] = []
  const inUse: Sample[] = [[0, (await heapInUse()) / MIB]]
  const start = performance.now()
  const minutes = (): number => (performance.now() - start) / 60_000
  const sampling = setInterval(() => resident.push([minutes(), process.memoryUsage.rss() / MIB]), SAMPLE_MS)
  const collecting = setInterval(() => {
    void heapInUse().then((bytes) => inUse.push([minutes(), bytes / MIB]))
  }, 60_000)
  const { reads, writes, stale, failed, seconds } = await visit(backend.instances, SOAK)
  clearInterval(sampling)
  clearInterval(collecting)
  const perMinute = Array.from({ length: Math.round(seconds / 60) }, (_, minute) =>
    meanOf(resident, minute).toFixed(0),
  )
  console.log(
    `\n${seconds.toFixed(0)} s of ${SOAK.visitors} visitors, two instances in one process, localCache.bytes ${SOAK_BOUND} each (resident MiB, mean of each minute)`,
  )
  console.log(`  ${perMinute.join('  ')}`)
  console.log(`  ${slope(resident).toFixed(2)} MiB per minute`)
  console.log(`  of the heap in use, by the minute: ${inUse.map(([, mib]) => mib.toFixed(1)).join('  ')}`)
  console.log(
    `  ${reads.toLocaleString('en')} reads, ${writes.toLocaleString('en')} writes, ${stale} stale, ${failed} failed`,
  )
}

function meanOf(samples: readonly Sample[], minute: number): number {
  const within = samples.filter(([at]) => Math.floor(at) === minute)
  return within.reduce((sum, [, mib]) => sum + mib, 0) / within.length
}
