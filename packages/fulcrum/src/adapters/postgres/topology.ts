import type { Clock } from '../../kernel/clock.ts'
import type { AdapterDependencies } from '../../ports/store-source.ts'
import type { NodeRole, Reliance } from '../../ports/store.ts'
import type { Driver } from './driver.ts'
import { PostgresFreshness } from './freshness.ts'
import { ClusterIdentity } from './identity.ts'
import { PostgresNode } from './node.ts'
import type { NodeAddress, PgPool, PostgresSettings } from './options.ts'
import { configOfUrl, labelOf } from './url.ts'

/** How long the start of the store waits for replicas; slower ones join when they answer. */
const REPLICA_MS = 2_000

export interface TopologyParts {
  readonly settings: PostgresSettings
  readonly dependencies: AdapterDependencies
  readonly driver: Driver
}

/** The servers of one cluster, and which of them serves a read. */
export class Topology {
  readonly primary: PostgresNode
  readonly freshness: PostgresFreshness
  readonly #parts: TopologyParts
  readonly #cluster = new ClusterIdentity()
  readonly #replicas = new Map<string, PostgresNode>()
  #hasStarted = false
  #timeline = 0
  #turn = 0

  constructor(parts: TopologyParts) {
    this.#parts = parts
    this.#cluster.onEpoch(({ timeline }) => this.#newTimeline(timeline))
    this.#cluster.onOutranked((timeline) => this.#outranked(timeline))
    this.freshness = new PostgresFreshness({ cluster: this.#cluster, monitor: () => this.primary.monitor })
    const { primary, applicationPool } = parts.settings
    this.primary = this.#node('primary', primary, applicationPool)
  }

  get nodes(): PostgresNode[] {
    return [this.primary, ...this.#replicas.values()]
  }

  get replicas(): Iterable<PostgresNode> {
    return this.#replicas.values()
  }

  /** A replica that reads may go to as soon as it streams. A URL counts once. */
  readonly attach = (url: string): void => {
    const config = configOfUrl(url, 'postgres.replicas')
    if (this.#replicas.has(url)) return
    const node = this.#node(`replica ${this.#replicas.size + 1}`, { config, label: labelOf(url) })
    this.#replicas.set(url, node)
    if (this.#hasStarted) node.monitor.suspect()
  }

  /** Servers that do not keep what is relied on are refused from now on. */
  relyOn(reliance: Reliance): void {
    this.#cluster.relyOn(reliance)
  }

  /** Resolves when all replicas have been tried once, or when that takes too long. Never rejects. */
  async startReplicas(clock: Clock): Promise<void> {
    this.#hasStarted = true
    const tried = Promise.allSettled([...this.#replicas.values()].map(({ monitor }) => monitor.start()))
    const { promise, resolve } = Promise.withResolvers<void>()
    const timer = clock.timer(REPLICA_MS, resolve)
    await Promise.race([tried, promise])
    timer.cancel()
  }

  /**
   * The primary, or one healthy replica after the other. While no replica is healthy, the primary; and while that is away, a replica that has
   * lost it too: what may be old is better than no answer.
   */
  pick(target: NodeRole): PostgresNode {
    if (target === 'primary') return this.primary
    let chosen: PostgresNode | undefined
    let detached: PostgresNode | undefined
    const first = this.#turn++ % Math.max(1, this.#replicas.size)
    let index = 0
    for (const node of this.#replicas.values()) {
      node.monitor.touch()
      if (node.monitor.isHealthy && (chosen === undefined || index === first)) chosen = node
      else if (node.monitor.isDetached) detached = node
      index++
    }
    return chosen ?? (this.primary.monitor.isHealthy ? this.primary : (detached ?? this.primary))
  }

  #node(name: string, address: NodeAddress, applicationPool?: PgPool): PostgresNode {
    const role = name === 'primary' ? 'primary' : 'replica'
    const cluster = this.#cluster
    const located = role === 'primary' ? this.freshness.located : ignore
    return new PostgresNode({ name, role, address, applicationPool, cluster, located, ...this.#parts })
  }

  #outranked(timeline: number): void {
    this.#parts.dependencies.log(`PostgreSQL ${this.primary.label} has been replaced on timeline ${timeline}`)
    this.freshness.outranked()
    this.primary.outranked(timeline)
  }

  #newTimeline(timeline: number): void {
    if (this.#timeline !== 0)
      this.#parts.dependencies.log(`PostgreSQL ${this.primary.label} is on timeline ${timeline} now`)
    this.#timeline = timeline
    this.primary.renew(timeline)
  }
}

function ignore(): void {}
