import type { Deadline } from '../../kernel/deadline.ts'
import { fulcrumError, isFulcrumError } from '../../kernel/errors/fulcrum-error.ts'
import type { AdapterDependencies } from '../../ports/store-source.ts'
import type { CallFacts, NodeRole, NodeStatus } from '../../ports/store.ts'
import { ApplicationPool } from './application-pool.ts'
import type { Connection, ConnectionOwner } from './connection.ts'
import { Connector, DEDICATED, SHARED } from './connector.ts'
import { DedicatedReads } from './dedicated-reads.ts'
import type { Driver } from './driver.ts'
import { reasonOf } from './failure.ts'
import { Fence } from './fence.ts'
import type { ClusterIdentity } from './identity.ts'
import { Monitor, type MonitorParts } from './monitor.ts'
import type { NodeAddress, PgPool, PostgresSettings } from './options.ts'
import { Pipeline } from './pipeline.ts'
import { OwnPool, type Pool } from './pool.ts'
import { Watchdog } from './watchdog.ts'

/** Connections that are made before the first call. */
const WARM = 2

export interface NodeParts {
  readonly name: string
  readonly role: NodeRole
  readonly address: NodeAddress
  readonly applicationPool: PgPool | undefined
  readonly settings: PostgresSettings
  readonly dependencies: AdapterDependencies
  readonly driver: Driver
  readonly cluster: ClusterIdentity
  readonly located: MonitorParts['located']
}

/** One server: its connections and what is known of its health. */
export class PostgresNode implements ConnectionOwner {
  readonly name: string
  readonly role: NodeRole
  readonly connector: Connector
  readonly monitor: Monitor
  readonly pool: Pool
  readonly pipeline: Pipeline | undefined
  readonly dedicatedReads: DedicatedReads
  /** For a primary. */
  readonly fence: Fence
  readonly #watchdog: Watchdog
  /** Connections to an older timeline belong to a server that has been replaced. */
  #timeline = 0

  constructor(parts: NodeParts) {
    const { clock, random, log } = parts.dependencies
    this.name = parts.name
    this.role = parts.role
    this.#watchdog = new Watchdog(clock)
    this.connector = connectorOf(parts)
    const { poll, pipelined } = parts.settings
    const recovered = (): void => void this.warm()
    const { connector } = this
    this.monitor = new Monitor({ clock, random, log, poll, located: parts.located, recovered, connector })
    this.fence = new Fence({ clock, ask: (text, values) => this.monitor.ask(text, values) })
    this.pool = this.#makePool(parts)
    this.dedicatedReads = new DedicatedReads(this.label, this.pool.beforeRead)
    this.pipeline = pipelined === 0 ? undefined : this.#makePipeline(parts)
  }

  get label(): string {
    return this.connector.node.label
  }

  get status(): NodeStatus {
    const { name, role, monitor } = this
    return {
      name,
      role,
      healthy: monitor.isHealthy,
      problem: monitor.problem,
      position: monitor.position,
      polledAt: monitor.polledAt,
      connections: this.pool.state,
      fences: this.fence.written,
    }
  }

  /** Reads in flight, and calls that hold a connection. */
  get load(): number {
    const { open, idle, waiting } = this.pool.state
    return open - idle + waiting + (this.pipeline?.load ?? 0)
  }

  /** A connection for one call. @throws FUL-3002 when there is none before the deadline, or none can be opened. */
  async acquire({ deadline, operation }: CallFacts): Promise<Connection> {
    this.monitor.touch()
    try {
      return await this.pool.acquire(deadline)
    } catch (error) {
      throw this.unavailable(error, operation)
    }
  }

  /** What a caller is told when a connection cannot be opened. */
  unavailable(error: unknown, operation?: string): unknown {
    if (isFulcrumError(error)) return error
    this.monitor.suspect()
    const params = { dependency: `PostgreSQL ${this.label}`, reason: reasonOf(error) }
    return fulcrumError('FUL-3002', params, { cause: error, operation })
  }

  /** Opens connections before they are needed. Never rejects: what is missing is opened with its first use. */
  async warm(): Promise<void> {
    const { pool, pipeline } = this
    const warmed = pool instanceof OwnPool ? pool.warm(WARM) : Promise.resolve()
    await Promise.allSettled([warmed, pipeline?.open() ?? Promise.resolve()])
  }

  /** Lets go of connections to servers on older timelines: what they show has been replaced. */
  renew(timeline: number): void {
    this.#timeline = timeline
    this.pool.renew()
    this.pipeline?.renew(this.isOutdated)
  }

  /** As `renew`, when this node is known to have been replaced on a timeline, and nobody here has met the new one yet. */
  outranked(timeline: number): void {
    this.renew(timeline)
    this.monitor.distrust(this.isOutdated)
  }

  /** Resolves when no call uses a connection any more, or at the deadline. */
  async drain(deadline: Deadline): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    const watch = deadline.onExpire(() => resolve())
    await Promise.race([promise, Promise.all([this.pool.drained(), this.pipeline?.drained()])])
    watch.cancel()
  }

  async close(): Promise<void> {
    await Promise.all([this.monitor.close(), this.pool.close(), this.pipeline?.close()])
  }

  woke(connection: Connection): void {
    this.#watchdog.watch(connection)
  }

  lost(): void {
    this.monitor.suspect()
  }

  /** It leads to a server that has been replaced. */
  readonly isOutdated: (connection: Connection) => boolean = ({ identity }) =>
    this.role === 'primary' && identity.timeline < this.#timeline

  #makePool({ applicationPool, settings, dependencies }: NodeParts): Pool {
    const { label, connector, monitor } = this
    const isOutdated = this.isOutdated
    const { cancelBackend } = monitor
    if (applicationPool === undefined) {
      const open = (): Promise<Connection> => connector.open(DEDICATED, cancelBackend)
      const watchdog = this.#watchdog
      return new OwnPool({ label, max: settings.max, open, isOutdated, owner: this, watchdog })
    }
    const { clock } = dependencies
    return new ApplicationPool({
      pool: applicationPool,
      clock,
      connector,
      cancelBackend,
      isOutdated,
      owner: this,
    })
  }

  #makePipeline({ settings, dependencies }: NodeParts): Pipeline {
    const { label, pool, connector, monitor } = this
    return new Pipeline({
      label,
      size: settings.pipelined,
      pool,
      acquire: (call) => this.acquire(call),
      clock: dependencies.clock,
      watchdog: this.#watchdog,
      open: () => connector.open(SHARED, monitor.cancelBackend),
      owner: this,
    })
  }
}

function connectorOf({ name, role, address, settings, dependencies, driver, cluster }: NodeParts): Connector {
  const { clock, log } = dependencies
  const { applicationName } = settings
  const node = { role, label: `${name} (${address.label})` }
  return new Connector({ driver, clock, cluster, node, config: address.config, applicationName, log })
}
