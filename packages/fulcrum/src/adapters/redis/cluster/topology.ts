import type { Clock } from '../../../kernel/clock.ts'
import type { Random } from '../../../kernel/random.ts'
import { destroy, type RedisClient, type Reply } from '../client.ts'
import { isDenied, reasonOf } from '../server-error.ts'
import { within } from '../within.ts'
import { type Address, nameOf, ownerOf, type Reach, type SlotMap, slotMapOf } from './slot-map.ts'

/** For reaching one node and its answer: so short that the next one can be asked before those who wait give up. */
const ASK_MS = 400
/** So long one answer serves all who ask: a node takes several buckets along when it goes, and all of them look for it. */
const GOOD_FOR_MS = 250

export interface TopologyParts {
  /** Nodes that are known from the start; at least one. */
  readonly seeds: readonly Address[]
  /** Makes a client for a node. */
  readonly connect: (node: Address) => RedisClient
  readonly reach: Reach
  readonly clock: Clock
  readonly random: Random
}

/**
 * Who has which slot, as far as the nodes say. Unknown → asking → known, or failed, for a quarter of a second → asking again when somebody wants to
 * know. It is asked for when a connection is made, and never otherwise: a node that no longer has a slot says so itself.
 *
 * Another node is asked each time, over a connection of its own: one that is cut off from the others answers, too, and what it says is old.
 */
export class Topology {
  readonly #parts: TopologyParts
  #known: readonly Address[]
  #turn: number
  #answer: Promise<SlotMap> | undefined
  #goodUntil = -Infinity

  constructor(parts: TopologyParts) {
    this.#parts = parts
    this.#known = parts.seeds
    this.#turn = parts.random.int(parts.seeds.length)
  }

  /** Makes a client for the owner of a slot. Rejects where no node says who that is. */
  async toOwner(slot: number): Promise<RedisClient> {
    const owner = ownerOf(await this.#current(), slot)
    if (owner === undefined) throw new Error(`no node of the cluster has slot ${slot}`)
    return this.#parts.connect(owner)
  }

  /** Makes a client for some node that has slots. */
  async toAnyOwner(): Promise<RedisClient> {
    const map = await this.#current()
    if (map.length === 0) throw new Error('no node of the cluster has any slot')
    const { nodes } = map[this.#parts.random.int(map.length)] as SlotMap[number]
    return this.#parts.connect(nodes[0])
  }

  #current(): Promise<SlotMap> {
    if (this.#answer === undefined || this.#parts.clock.coarse() > this.#goodUntil) {
      const settled = (): void => void (this.#goodUntil = this.#parts.clock.coarse() + GOOD_FOR_MS)
      this.#goodUntil = Infinity
      this.#answer = this.#ask()
      this.#answer.then(settled, settled)
    }
    return this.#answer
  }

  async #ask(): Promise<SlotMap> {
    const nodes = this.#known
    let problem: unknown
    for (let count = 0; count < nodes.length; count += 1) {
      const node = nodes[(this.#turn += 1) % nodes.length] as Address
      try {
        return this.#learn(await this.#askNode(node))
      } catch (error) {
        if (isDenied(error)) throw error
        problem = new Error(`${nameOf(node)}: ${reasonOf(error)}`, { cause: error })
      }
    }
    throw problem
  }

  async #askNode(node: Address): Promise<SlotMap> {
    const { clock, connect, reach } = this.#parts
    const client = connect(node)
    client.on('error', () => {})
    try {
      const reply = await within(clock, ASK_MS, slotsOf(client))
      const map = slotMapOf(reply, ({ host, port }) => reach({ host: host || node.host, port }))
      if (map === undefined) throw new Error('it does not speak as a node of a cluster does')
      return map
    } finally {
      destroy(client)
    }
  }

  #learn(map: SlotMap): SlotMap {
    const nodes = [...this.#parts.seeds, ...map.flatMap((range) => range.nodes)]
    this.#known = [...new Map(nodes.map((node) => [nameOf(node), node])).values()]
    return map
  }
}

/** `CLUSTER SHARDS` tells more, and is not known before Redis 7. */
async function slotsOf(client: RedisClient): Promise<Reply> {
  await client.connect()
  return (await client.sendCommand(['CLUSTER', 'SLOTS'])) as Reply
}
