// A thousand readers of one cold key, with a loader of 50 ms, in one process and in four on one Redis: how often the loader is called, and when the
// last reader is answered; beside bentocache. And the same in four when the process that reads for all is killed in the middle of that.
import { setTimeout as pause } from 'node:timers/promises'
import { alternate, type Contender, pick } from './lib/alternate.ts'
import { BenchRedis } from './lib/bench-redis.ts'
import { print } from './lib/outcome.ts'
import { InstanceProcess } from './stampede/instance-process.ts'

const READERS = 1_000
const LOADER_MS = 50
/** What is meant to be added to the loader. */
const TARGET_MS = 50
const ROUNDS = 9
/** What an owner that is killed may cost besides: the time of its lease (`LEASE_MS`). */
const LEASE_MS = 150
const KILLED_AFTER_MS = LOADER_MS / 2

interface Stampede {
  readonly loads: number
  /** Milliseconds until the last reader was answered. */
  readonly slowest: number
}

await using stack = new AsyncDisposableStack()
const redis = stack.use(await BenchRedis.start())
let keys = 0

async function start(cache: string, count: number): Promise<readonly InstanceProcess[]> {
  const instances: InstanceProcess[] = []
  for (let index = 0; index < count; index += 1)
    instances.push(stack.use(await InstanceProcess.start(cache, redis.url)))
  return instances
}

/** All readers at once, over all instances. */
async function stampede(instances: readonly InstanceProcess[], key: string): Promise<Stampede> {
  const ask = { key, readers: READERS / instances.length, takes: LOADER_MS }
  const answers = await Promise.all(instances.map((instance) => instance.ask(ask)))
  const failed = answers.reduce((sum, answer) => sum + answer.failed, 0)
  if (failed > 0) throw new Error(`${failed} readers were not answered`)
  return {
    loads: instances.reduce((sum, instance) => sum + instance.loads(key), 0),
    slowest: Math.max(...answers.map(({ slowest }) => slowest)),
  }
}

/** The readers come while another process reads, which is killed then. */
async function orphaned(instances: readonly InstanceProcess[]): Promise<Stampede> {
  await using owner = await InstanceProcess.start('fulcrum', redis.url)
  const key = `key ${(keys += 1)}`
  const asked = owner.ask({ key, readers: 1, takes: LOADER_MS })
  asked.catch(() => {})
  await owner.isLoading(key)
  const answered = stampede(instances, key)
  await pause(KILLED_AFTER_MS)
  owner.kill()
  const { loads, slowest } = await answered
  return { loads: loads + 1, slowest }
}

function contender(name: string, instances: readonly InstanceProcess[]): Contender<Stampede> {
  return { name, round: () => stampede(instances, `key ${(keys += 1)}`) }
}

const fulcrum = await start('fulcrum', 4)
const bentocache = await start('bentocache', 4)
const figures = await alternate(
  [
    contender('Fulcrum, one process', fulcrum.slice(0, 1)),
    contender('Fulcrum, four processes', fulcrum),
    contender('bentocache, one process', bentocache.slice(0, 1)),
    contender('bentocache, four processes', bentocache),
  ],
  { rounds: ROUNDS },
)
const added = pick(figures, ({ slowest }) => slowest - LOADER_MS)
print({
  title: `${READERS} readers of a cold key, calls of the loader`,
  unit: 'calls',
  better: 'less',
  figures: pick(figures, ({ loads }) => loads),
})
print({
  title: `The last of them is answered after the ${LOADER_MS} ms of one loader`,
  unit: 'ms more',
  better: 'less',
  figures: added,
  notes: [`Fulcrum's target: ${TARGET_MS}`],
})

const killed: Stampede[] = []
for (let round = 0; round < ROUNDS; round += 1) killed.push(await orphaned(fulcrum))
print({
  title: `Their owner is killed after ${KILLED_AFTER_MS} of ${LOADER_MS} ms: the last reader is answered after the time of another loader`,
  unit: 'ms more',
  better: 'less',
  figures: new Map([['Fulcrum, four processes', killed.map(({ slowest }) => slowest - LOADER_MS)]]),
  notes: [
    `target: a lease of ${LEASE_MS} ms and ${TARGET_MS}`,
    `calls of the loader, the killed one included: ${[...new Set(killed.map(({ loads }) => loads))].join(', ')}`,
  ],
})
