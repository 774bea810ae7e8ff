import { DURATION_ALLOWED, type Duration, parseDuration } from '../../kernel/duration.ts'
import { fulcrumError } from '../../kernel/errors/fulcrum-error.ts'
import { show } from '../../kernel/show.ts'
import { didYouMean } from '../../kernel/suggest.ts'
import type { ClientLike } from './client.ts'
import { checkCluster, type ClusterSettings, type NodeAddressMap } from './cluster/cluster-options.ts'
import { type Address, nameOf } from './cluster/slot-map.ts'
import { invalid, parseRedisUrl, URL_ALLOWED } from './redis-url.ts'

export interface RedisOptions {
  /** `redis://user:password@host:6379/0`, or `rediss://` for TLS. One of this, `client` and `cluster`. */
  readonly url?: string | undefined
  /**
   * A client of the package `redis` (`createClient`), for what a URL cannot say: TLS certificates, a function that fetches the password. Connections
   * of the cache's own are made with its options; the client itself is not used, and need not be connected.
   */
  readonly client?: ClientLike
  /**
   * URLs of some nodes of a cluster, as in `url`; the others are learned from them. They differ in host and port only: user, password and TLS are the
   * same for all nodes.
   */
  readonly cluster?: readonly string[]
  /** Where nodes of a cluster are reached that announce addresses of another network. */
  readonly nodeAddressMap?: NodeAddressMap
  /** In front of every key and channel, so that applications can share a server. Default `'fulcrum'`. */
  readonly prefix?: string
  /** How long one operation may take. A slower answer is not waited for: the database answers instead. Default `'100ms'`. */
  readonly timeout?: Duration
}

/** Where Redis is. A client is one to make others like it. */
export type ServerSettings =
  | { readonly kind: 'url'; readonly url: string }
  | { readonly kind: 'client'; readonly client: ClientLike }
  | ({ readonly kind: 'cluster' } & ClusterSettings)

/** Checked options, with defaults. */
export interface RedisSettings {
  readonly server: ServerSettings
  /** Without user and password, for messages. */
  readonly label: string
  readonly prefix: string
  /** Milliseconds. */
  readonly timeout: number
}

const FIELDS = ['url', 'client', 'cluster', 'nodeAddressMap', 'prefix', 'timeout'] as const

/** @throws FUL-1001, FUL-1002, FUL-1004 or FUL-1013 naming the option, what was found and what is allowed. Passwords are never shown. */
export function checkOptions(options: RedisOptions): RedisSettings {
  refuseUnknown(options)
  const { prefix = 'fulcrum', timeout = '100ms' } = options
  return { ...whereabouts(options), prefix: prefixOf(prefix), timeout: timeoutOf(timeout) }
}

function refuseUnknown(options: RedisOptions): void {
  for (const name of Object.keys(options)) {
    if ((FIELDS as readonly string[]).includes(name)) continue
    const params = { field: `redis.${name}`, hint: didYouMean(name, FIELDS), allowed: FIELDS }
    throw fulcrumError('FUL-1001', params)
  }
}

const WHEREABOUTS = ['url', 'client', 'cluster'] as const

function whereabouts(options: RedisOptions): Pick<RedisSettings, 'server' | 'label'> {
  const [given, other] = WHEREABOUTS.filter((name) => options[name] !== undefined)
  if (other !== undefined) throw contradiction(other, `redis.${given}`, 'both say where Redis is')
  if (given !== 'cluster' && options.nodeAddressMap !== undefined)
    throw contradiction('nodeAddressMap', 'redis without `cluster`', 'it is about the nodes of a cluster')
  if (given === undefined) throw fulcrumError('FUL-1013', { setting: 'redis.url', allowed: URL_ALLOWED })
  return WHERE[given](options)
}

type Where = (options: RedisOptions) => Pick<RedisSettings, 'server' | 'label'>

const WHERE: Readonly<Record<(typeof WHEREABOUTS)[number], Where>> = {
  url: ({ url }) => {
    const { href, host } = parseRedisUrl(url, 'url')
    return { server: { kind: 'url', url: href }, label: host }
  },
  client: ({ client }) => {
    checkClient(client)
    const { host = 'localhost', port = 6379 } = (client.options?.socket ?? {}) as Partial<Address>
    return { server: { kind: 'client', client }, label: `${host}:${port}` }
  },
  cluster: ({ cluster, nodeAddressMap }) => {
    const settings = checkCluster(cluster, nodeAddressMap)
    return { server: { kind: 'cluster', ...settings }, label: settings.seeds.map(nameOf).join(', ') }
  },
}

function checkClient(client: unknown): asserts client is ClientLike {
  const allowed = 'a client made by `createClient` of the package redis'
  if (typeof client !== 'object' || client === null || !('duplicate' in client))
    throw invalid('client', 'something else', allowed)
  if ('masters' in client)
    throw invalid(
      'client',
      'a client of a cluster',
      `${allowed}; nodes of a cluster are given as \`cluster\``,
    )
}

/** Braces would decide on the slot of a cluster. */
function prefixOf(prefix: unknown): string {
  if (typeof prefix === 'string' && /^[\w.-]{1,64}$/.test(prefix)) return prefix
  throw invalid('prefix', show(prefix), 'up to 64 letters, digits, dots, dashes and underscores')
}

function timeoutOf(timeout: unknown): number {
  const ms = parseDuration(timeout)
  if (ms === undefined) throw invalid('timeout', show(timeout), DURATION_ALLOWED)
  if (ms < 1 || ms > 10_000) throw invalid('timeout', show(timeout), "from '1ms' to '10s'")
  return ms
}

function contradiction(option: string, other: string, reason: string): Error {
  return fulcrumError('FUL-1004', {
    field: `redis.${option}`,
    found: 'given',
    other,
    allowed: 'one of them',
    reason,
  })
}
