import type { Reply } from '../client.ts'
import { listOf, textOf } from '../reply.ts'

/** Where a node listens. */
export interface Address {
  readonly host: string
  readonly port: number
}

/** Slots that lie together, and who has them: the owner first, then its replicas. */
export interface SlotRange {
  readonly first: number
  readonly last: number
  readonly nodes: readonly [Address, ...Address[]]
}

/** Slots without an owner are in no range. */
export type SlotMap = readonly SlotRange[]

/** From the address that a node announces, whose host may be empty, to the one where it is reached. */
export type Reach = (announced: Address) => Address

/** The answer to `CLUSTER SLOTS`; `undefined` for what is none. */
export function slotMapOf(reply: Reply, reach: Reach): SlotMap | undefined {
  if (!Array.isArray(reply)) return undefined
  const ranges = listOf(reply).map((range) => rangeOf(listOf(range), reach))
  return ranges.every((range) => range !== undefined) ? ranges : undefined
}

export function ownerOf(map: SlotMap, slot: number): Address | undefined {
  return map.find(({ first, last }) => first <= slot && slot <= last)?.nodes[0]
}

/** `host:port`. */
export function nameOf({ host, port }: Address): string {
  return `${host}:${port}`
}

function rangeOf([first, last, ...nodes]: readonly Reply[], reach: Reach): SlotRange | undefined {
  const [owner, ...replicas] = nodes.map((node) => addressOf(listOf(node)))
  if (typeof first !== 'number' || typeof last !== 'number' || owner === undefined) return undefined
  const others = replicas.filter((replica) => replica !== undefined)
  return { first, last, nodes: [reach(owner), ...others.map(reach)] }
}

/** A node that is to be called by a name that it has not been told says so by nothing, or by a question mark (`cluster-preferred-endpoint-type`). */
function addressOf([host, port]: readonly Reply[]): Address | undefined {
  const name = textOf(host)
  return typeof port === 'number' && port > 0 ? { host: name === '?' ? '' : name, port } : undefined
}
