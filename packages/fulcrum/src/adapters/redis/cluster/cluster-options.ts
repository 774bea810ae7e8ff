import { show } from '../../../kernel/show.ts'
import { invalid, parseRedisUrl } from '../redis-url.ts'
import { type Address, nameOf, type Reach } from './slot-map.ts'

/**
 * From the addresses that nodes of a cluster announce, `host:port`, to those where they are reached from here; one that is not in it, or for which the
 * function returns nothing, is reached as announced. The option of the same name of node-redis.
 */
export type NodeAddressMap = Readonly<Record<string, Address>> | ((announced: string) => Address | undefined)

/** Checked options. */
export interface ClusterSettings {
  /** The first of them, with user, password and TLS as for all. */
  readonly url: string
  readonly seeds: readonly Address[]
  readonly reach: Reach
}

const DEFAULT_PORT = 6379
const CLUSTER_ALLOWED =
  "URLs of nodes, such as ['redis://cache-1.example:7000', 'redis://cache-2.example:7000']"
const MAP_ALLOWED = "a function, or an object such as { '192.0.2.1:7000': { host: 'localhost', port: 7000 } }"

/** @throws FUL-1002 naming the option. */
export function checkCluster(cluster: unknown, nodeAddressMap: NodeAddressMap | undefined): ClusterSettings {
  if (!Array.isArray(cluster) || cluster.length === 0)
    throw invalid('cluster', Array.isArray(cluster) ? 'empty' : `a ${typeof cluster}`, CLUSTER_ALLOWED)
  const urls = cluster.map((url, index) => parseRedisUrl(url, `cluster[${index}]`))
  const [first] = urls as [URL, ...URL[]]
  for (const [index, url] of urls.entries())
    if (beyondAddress(url) !== beyondAddress(first))
      throw invalid(
        `cluster[${index}]`,
        'a URL that differs from the first one in more than host and port',
        ALIKE,
      )
  return { url: first.href, seeds: urls.map(addressOf), reach: reachBy(nodeAddressMap) }
}

const ALIKE =
  'the same user, password, database and use of TLS for all nodes: the others, which they name, are reached like that, too'

/** What has to be the same for all. */
function beyondAddress({ protocol, username, password, pathname }: URL): string {
  return JSON.stringify([protocol, username, password, pathname.replace(/^\/$/, '')])
}

function addressOf({ hostname, port }: URL): Address {
  return { host: hostname.replace(/^\[(.*)\]$/, '$1'), port: port === '' ? DEFAULT_PORT : Number(port) }
}

function reachBy(map: NodeAddressMap | undefined): Reach {
  if (map === undefined) return (announced) => announced
  if (typeof map === 'function') return (announced) => map(nameOf(announced)) ?? announced
  if (typeof map !== 'object' || map === null) throw invalid('nodeAddressMap', show(map), MAP_ALLOWED)
  for (const [announced, address] of Object.entries<Partial<Address> | null>(map))
    if (typeof address?.host !== 'string' || !Number.isInteger(address.port))
      throw invalid(`nodeAddressMap['${announced}']`, show(address), MAP_ALLOWED)
  const addresses = new Map(Object.entries(map))
  return (announced) => addresses.get(nameOf(announced)) ?? announced
}
