import { Cluster } from '../cluster/cluster.ts'
import { flush } from '../cluster/flush.ts'
import { Proxies } from '../cluster/proxies.ts'
import type { Server } from '../cluster/server.ts'
import { RedisServer } from '../../integration/redis/redis-server.ts'
import { Checkers } from '../checkers/checkers.ts'
import type { Violation } from '../checkers/violation.ts'
import type { Operation } from '../history/operation.ts'
import { type ReadOperation, READS } from '../instance/operations.ts'
import { Truth, type Written } from '../history/truth.ts'
import type { Source, Tally } from '../report/tally.ts'
import { Client, type Shared } from '../workload/client.ts'
import { Pace } from '../workload/pace.ts'
import { Recorder } from '../workload/recorder.ts'
import { Instance } from './instance.ts'

export const KEYS = 64

/** The instance that reads from the primary only: what sessions have seen on a replica they ask of the primary here, whatever else goes on. */
const ALONE = 'c'

/** What was done and found while clients worked. */
export interface Work {
  readonly operations: readonly Operation[]
  readonly violations: readonly Violation[]
  readonly tallies: readonly Tally[]
}

/** What clients do. */
export interface Load {
  /** Sources that nobody gets at for now. */
  readonly without: readonly Source[]
  /** How many items they ask for; without it, all. */
  readonly keys?: number
  /** What they ask; without it, everything. */
  readonly reads?: readonly ReadOperation[]
}

export interface WorldOptions {
  readonly seed: number
  readonly clients: number
  readonly log: (line: string) => void
}

/** Servers, instances, and those who call them. */
export class World implements AsyncDisposable {
  readonly cluster: Cluster
  readonly proxies: Proxies
  readonly redis: RedisServer
  #instances: readonly Instance[] = []
  readonly truth = new Truth(KEYS)
  readonly #options: WorldOptions
  readonly #checkers = new Checkers(KEYS)
  readonly #numbers = { sessions: 0, writers: 0 }
  readonly #disposables: AsyncDisposableStack

  private constructor(
    parts: { cluster: Cluster; proxies: Proxies; redis: RedisServer; disposables: AsyncDisposableStack },
    options: WorldOptions,
  ) {
    this.cluster = parts.cluster
    this.proxies = parts.proxies
    this.redis = parts.redis
    this.#disposables = parts.disposables
    this.#options = options
  }

  get instances(): readonly Instance[] {
    return this.#instances
  }

  static async start(options: WorldOptions): Promise<World> {
    await using disposables = new AsyncDisposableStack()
    const proxies = disposables.use(await Proxies.start())
    const cluster = disposables.use(await Cluster.start(proxies))
    const redis = disposables.use(await RedisServer.start())
    await proxies.order({ do: 'point', route: 'redis', port: redis.port })
    const world = new World({ cluster, proxies, redis, disposables: disposables.move() }, options)
    world.#disposables.defer(() => world.#stop())
    return world
  }

  /** Has new instances load the package from a folder, with an empty cache. */
  async deploy(folder: string): Promise<void> {
    await this.#stop()
    await flush(this.redis.url)
    this.#instances = ['a', 'b', 'c'].map((name) => this.#instance(name, folder))
    // The first one migrates.
    for (const instance of this.#instances) await instance.start()
  }

  /** Has clients work for as long as `during` takes. What they did is checked when all of it has ended. */
  async work(load: Load, during: (work: Pick<Shared, 'pace' | 'recorder'>) => Promise<void>): Promise<Work> {
    const shared = this.#shared(load)
    const clients = this.#clients(shared)
    const running = Promise.all(clients.map((client) => client.run()))
    try {
      await during(shared)
    } finally {
      shared.pace.end()
      await running
    }
    return this.#check(shared.recorder)
  }

  /** Fails over, and remembers what came along. */
  async failOver(): Promise<void> {
    await this.cluster.failOver(async (successor) => {
      this.truth.learn(await written(successor, this.truth.lastWriter))
      this.truth.forked(await versionsOf(successor), this.#numbers.writers)
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#disposables.disposeAsync()
  }

  async #check({ operations, tallies }: Recorder): Promise<Work> {
    const { truth } = this
    truth.learn(await written(this.cluster.primary, truth.lastWriter))
    truth.lastWriter = this.#numbers.writers
    for (const gap of truth.gaps()) throw new Error(`The log of writes is not complete: ${gap}`)
    const violations = this.#checkers.check(operations, truth)
    for (const violation of violations) tallies.violated(violation)
    return { operations, violations, tallies: tallies.all }
  }

  #shared({ without, keys = KEYS, reads = READS }: Load): Shared {
    return {
      recorder: new Recorder(),
      pace: new Pace(),
      instances: this.instances,
      numbers: this.#numbers,
      keys,
      reads,
      without,
    }
  }

  #clients(shared: Shared): Client[] {
    const seed = this.#options.seed + this.#numbers.sessions
    return Array.from({ length: this.#options.clients }, (_, number) => new Client(number, seed, shared))
  }

  async #stop(): Promise<void> {
    await Promise.all(this.#instances.map((each) => each.stop()))
  }

  #instance(name: string, folder: string): Instance {
    const { log } = this.#options
    return new Instance({
      name,
      package: folder,
      log,
      primary: this.cluster.url('primary'),
      replicas: name === ALONE ? [] : [this.cluster.url('replica_1'), this.cluster.url('replica_2')],
      redis: `redis://127.0.0.1:${this.proxies.ports.redis}`,
    })
  }
}

async function written(server: Server, after: number): Promise<Written[]> {
  const rows = await server.rows<{ id: string; version: number; writer: number }>(
    'SELECT id, version, writer FROM items.written WHERE writer > $1',
    [after],
  )
  return rows.map(({ id, version, writer }) => ({ key: Number(id.slice(1)), version, writer }))
}

async function versionsOf(server: Server): Promise<number[]> {
  const rows = await server.rows<{ id: string; version: number }>('SELECT id, version FROM items.item')
  const versions = Array<number>(KEYS).fill(0)
  for (const { id, version } of rows) versions[Number(id.slice(1))] = version
  return versions
}
