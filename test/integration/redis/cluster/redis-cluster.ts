import { freePort } from '../../../support/free-port.ts'
import { waitFor } from '../../../support/wait-for.ts'
import { RedisServer } from '../redis-server.ts'

const SLOTS = 16_384
/** A busy machine must not look like a dead node. */
const NODE_TIMEOUT_MS = 3_000

export interface ClusterShape {
  /** Nodes that have slots, each an equal range. Default 3. */
  readonly owners?: number
  /** Nodes that have a copy of those of the first owner. Default 0. */
  readonly replicas?: number
  readonly options?: readonly string[]
}

export interface ClusterNode extends RedisServer {
  /** Where the other nodes talk to it. */
  readonly busPort: number
}

/** A Redis Cluster of the test's own. Slots without an owner do not stop the others. */
export class RedisCluster implements AsyncDisposable {
  readonly owners: readonly ClusterNode[]
  readonly replicas: readonly ClusterNode[]

  private constructor(owners: readonly ClusterNode[], replicas: readonly ClusterNode[]) {
    this.owners = owners
    this.replicas = replicas
  }

  static async start({ owners = 3, replicas = 0, options = [] }: ClusterShape = {}): Promise<RedisCluster> {
    const nodes = await Promise.all(Array.from({ length: owners + replicas }, () => startNode(options)))
    const cluster = new RedisCluster(nodes.slice(0, owners), nodes.slice(owners))
    await cluster.#assign()
    await cluster.#meet()
    await Promise.all(cluster.replicas.map((replica) => cluster.#follow(replica)))
    return cluster
  }

  get nodes(): readonly ClusterNode[] {
    return [...this.owners, ...this.replicas]
  }

  get urls(): readonly string[] {
    return this.nodes.map(({ url }) => url)
  }

  /** The one that was given a slot at the beginning. */
  ownerOf(slot: number): ClusterNode {
    return this.owners[Math.floor((slot * this.owners.length) / SLOTS)] as ClusterNode
  }

  /** Waits until every node that runs takes the cluster for whole, or at least for useful. */
  async settled(nodes: readonly RedisServer[] = this.nodes): Promise<void> {
    for (const node of nodes)
      await waitFor(async () => (await infoOf(node)).includes('cluster_state:ok'), { deadline: 30_000 })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.nodes.map((node) => node[Symbol.asyncDispose]()))
  }

  async #assign(): Promise<void> {
    const first = (index: number): number => Math.ceil((index * SLOTS) / this.owners.length)
    for (const [index, owner] of this.owners.entries()) {
      await owner.command('CLUSTER', 'ADDSLOTSRANGE', String(first(index)), String(first(index + 1) - 1))
      await owner.command('CLUSTER', 'SET-CONFIG-EPOCH', String(index + 1))
    }
  }

  /** All meet all, which is quicker than gossip. */
  async #meet(): Promise<void> {
    const { nodes } = this
    for (const [index, node] of nodes.entries())
      for (const { port, busPort } of nodes.slice(index + 1))
        await node.command('CLUSTER', 'MEET', '127.0.0.1', String(port), String(busPort))
    for (const node of nodes)
      await waitFor(async () => (await infoOf(node)).includes(`cluster_known_nodes:${nodes.length}`), {
        deadline: 30_000,
      })
    await this.settled()
  }

  async #follow(replica: RedisServer): Promise<void> {
    const id = String(await this.owners[0]?.command('CLUSTER', 'MYID'))
    await waitFor(async () => (await replica.command('CLUSTER', 'REPLICATE', id)) === 'OK')
    const linked = async (): Promise<boolean> =>
      String(await replica.command('INFO', 'replication')).includes('master_link_status:up')
    await waitFor(linked, { deadline: 30_000 })
  }
}

async function infoOf(node: RedisServer): Promise<string> {
  return String(await node.command('CLUSTER', 'INFO'))
}

async function startNode(options: readonly string[]): Promise<ClusterNode> {
  const busPort = await freePort()
  const part = ['--cluster-enabled', 'yes', '--cluster-port', String(busPort)]
  const habits = ['--cluster-node-timeout', String(NODE_TIMEOUT_MS), '--cluster-require-full-coverage', 'no']
  const server = await RedisServer.start(...part, ...habits, '--repl-diskless-sync-delay', '0', ...options)
  return Object.assign(server, { busPort })
}
