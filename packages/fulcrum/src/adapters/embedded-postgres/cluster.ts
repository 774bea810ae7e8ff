import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Client } from 'pg'
import type { Clock } from '../../kernel/clock.ts'
import { fulcrumError } from '../../kernel/errors/fulcrum-error.ts'
import type { Random } from '../../kernel/random.ts'
import { adoptRunning, findServer } from './adoption.ts'
import { discard, findUnfinished } from './files.ts'
import { type Home, readPorts, writePorts } from './home.ts'
import { Keeper } from './keeper.ts'
import {
  type Layout,
  MAINTENANCE_DATABASE,
  nodePlan,
  PRIMARY,
  replicaName,
  replicaPlan,
  startPrimary,
  startReplica,
  streams,
} from './nodes.ts'
import { freePort, isFree } from './ports.ts'
import { removeWithServers } from './processes.ts'
import type { Runtime } from './runtime.ts'
import type { PostgresServer } from './server.ts'
import { ADMINISTRATION, identifier, withConnection } from './sql.ts'
import { waitUntil } from './waiting.ts'

export interface ClusterParts {
  readonly clock: Clock
  readonly random: Random
  readonly log: (line: string) => void
  /** Called with the ports of all replicas that have streamed, whenever there is one more. */
  readonly onReplicas: (ports: readonly number[]) => void
}

// Recovery after a crash takes seconds.
const PATIENCE = { limit: 15_000, every: 50 }
const NODE_NAME = /^(primary|replica_\d+)$/

/**
 * The primary and replicas of one home, kept running.
 *
 * down → ensurePrimary() → up → stop() → down; up → destroy() → down, without data. Calls must not overlap: the supervisor makes them
 * one after another. Replicas attach in the background and never hold up the primary.
 */
export class Cluster {
  readonly #home: Home
  readonly #layout: Layout
  readonly #parts: ClusterParts
  readonly #replicas = new Map<string, Keeper<PostgresServer>>()
  readonly #streamed = new Map<string, number>()
  #primary: Keeper<PostgresServer> | undefined
  #port = 0

  constructor(home: Home, runtime: Runtime, parts: ClusterParts) {
    this.#home = home
    this.#parts = parts
    const { directory, account, secrets } = home
    this.#layout = {
      home: directory,
      runtime,
      account,
      credentials: secrets.database,
      durable: true,
      settings: {},
    }
    for (const left of findUnfinished(directory, NODE_NAME)) removeWithServers(left)
  }

  get isUp(): boolean {
    return this.#primary !== undefined
  }

  /** Whether a primary runs that this object knows nothing of. */
  get isOrphaned(): boolean {
    return !this.isUp && findServer(nodePlan(this.#layout, PRIMARY, 0), this.#parts.clock) !== undefined
  }

  /** Port of the primary; the same from start to stop. */
  get port(): number {
    return this.#port
  }

  /** Ports of the replicas that have streamed since the start. */
  get replicaPorts(): readonly number[] {
    return [...this.#streamed.values()]
  }

  /**
   * Starts the primary, or takes over the one that runs; resolves when it accepts connections.
   *
   * @throws FUL-5010 when the wanted port is taken.
   */
  async ensurePrimary(wanted: number | undefined): Promise<void> {
    if (this.#primary !== undefined) return
    const keeper = new Keeper(PRIMARY, () => this.#adoptOrStart(wanted), {
      ...this.#parts,
      onUp: (server) => this.#primaryUp(server),
    })
    await keeper.start()
    this.#primary = keeper
  }

  async #adoptOrStart(wanted: number | undefined): Promise<PostgresServer> {
    const { clock, log } = this.#parts
    const { credentials } = this.#layout
    const adopted = await adoptRunning(nodePlan(this.#layout, PRIMARY, this.#port), credentials, clock)
    if (adopted !== undefined) log(`found the primary running (pid ${adopted.process.pid})`)
    if (adopted !== undefined) return adopted
    // Once instances know the port, only that port will do.
    const port = this.#port === 0 ? await this.#choosePort(PRIMARY, wanted) : this.#port
    return startPrimary(this.#layout, port, clock)
  }

  #primaryUp({ plan, process }: PostgresServer): void {
    this.#port = plan.port
    writePorts(this.#home, { ...readPorts(this.#home), [PRIMARY]: plan.port })
    this.#parts.log(`primary ready on port ${plan.port} (pid ${process.pid})`)
  }

  async #choosePort(name: string, wanted?: number): Promise<number> {
    if (wanted !== undefined) {
      if (await isFree(wanted)) return wanted
      throw fulcrumError('FUL-5010', { port: wanted })
    }
    const last = readPorts(this.#home)[name]
    return last !== undefined && (await isFree(last)) ? last : freePort(this.#parts.random)
  }

  /** Creates the database when it does not exist. */
  async ensureDatabase(name: string): Promise<void> {
    await this.#persistently(async (client) => {
      const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [name])
      if (rowCount === 0) await client.query(`CREATE DATABASE ${identifier(name)}`)
    })
  }

  /** Sees to it that there are at least `count` replicas, in the background. */
  wantReplicas(count: number): void {
    for (let index = this.#replicas.size; index < count; index++) {
      const name = replicaName(index)
      const begin = (stopping: AbortSignal): Promise<PostgresServer> =>
        this.#adoptOrStartReplica(name, stopping)
      const keeper = new Keeper(name, begin, {
        ...this.#parts,
        onUp: (server) => this.#replicaUp(name, server),
      })
      this.#replicas.set(name, keeper)
      keeper.startEventually()
    }
  }

  async #adoptOrStartReplica(name: string, stopping: AbortSignal): Promise<PostgresServer> {
    const { clock } = this.#parts
    const own = this.#streamed.get(name) ?? (await this.#choosePort(name))
    const ports = { primary: this.#port, own }
    const plan = replicaPlan(this.#layout, name, ports)
    const running = findServer(plan, clock)
    if (running !== undefined && (await this.#follows(running, stopping))) return running
    await running?.stop()
    return startReplica(this.#layout, { name, ports }, { clock, stopping })
  }

  async #follows(replica: PostgresServer, stopping: AbortSignal): Promise<boolean> {
    return this.#administer((primary) => streams(primary, replica, { clock: this.#parts.clock, stopping }))
  }

  #replicaUp(name: string, { plan, process }: PostgresServer): void {
    writePorts(this.#home, { ...readPorts(this.#home), [name]: plan.port })
    this.#parts.log(`${name} streams, on port ${plan.port} (pid ${process.pid})`)
    this.#streamed.set(name, plan.port)
    this.#parts.onReplicas(this.replicaPorts)
  }

  /** How many sessions of applications the primary has, wherever they come from. */
  async sessions(): Promise<number> {
    return this.#persistently(async (client) => {
      const { rows } = await client.query<{ count: number }>(
        `SELECT count(*)::int AS count FROM pg_stat_activity
         WHERE backend_type = 'client backend' AND application_name <> $1`,
        [ADMINISTRATION],
      )
      return rows[0]?.count ?? 0
    })
  }

  /** Stops all nodes in an orderly way. */
  async stop(): Promise<void> {
    const keepers = [...this.#replicas.values(), this.#primary].filter((keeper) => keeper !== undefined)
    await Promise.all(keepers.map((keeper) => keeper.stop()))
    await Promise.all(this.#strays().map((server) => server.stop()))
    this.#replicas.clear()
    this.#streamed.clear()
    this.#primary = undefined
    this.#port = 0
  }

  /** Stops all nodes and removes their data. */
  async destroy(): Promise<void> {
    await this.stop()
    for (const name of this.#nodeNames()) discard(join(this.#home.directory, name))
  }

  // Nodes that an earlier supervisor started and nobody has asked this one for.
  #strays(): PostgresServer[] {
    return this.#nodeNames()
      .map((name) => findServer(nodePlan(this.#layout, name, 0), this.#parts.clock))
      .filter((server) => server !== undefined)
  }

  #nodeNames(): string[] {
    return readdirSync(this.#home.directory).filter((name) => NODE_NAME.test(name))
  }

  async #administer<T>(work: (client: Client) => Promise<T>): Promise<T> {
    const target = { ...this.#layout.credentials, port: this.#port, database: MAINTENANCE_DATABASE }
    return withConnection(target, work)
  }

  // The primary may be on its way back from a crash; what it does not accept now it accepts in a moment.
  async #persistently<T>(work: (client: Client) => Promise<T>): Promise<T> {
    const last: { error?: unknown } = {}
    const attempt = async (): Promise<{ readonly value: T } | undefined> =>
      this.#administer(work).then(
        (value) => ({ value }),
        (error: unknown) => void (last.error = error),
      )
    const done = await waitUntil(this.#parts.clock, PATIENCE, attempt)
    if (done === undefined) throw last.error
    return done.value
  }
}
