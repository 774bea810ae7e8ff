import { DURATION_ALLOWED, type Duration, parseDuration } from '../../kernel/duration.ts'
import { fulcrumError } from '../../kernel/errors/fulcrum-error.ts'
import { show } from '../../kernel/show.ts'
import { didYouMean } from '../../kernel/suggest.ts'
import type { WireConfig } from './driver.ts'
import { configOfUrl, labelOf } from './url.ts'

/** The parts of a `pg.Pool` that are used. */
export interface PgPool {
  connect(): Promise<unknown>
  readonly options: object
  readonly totalCount?: number
  readonly idleCount?: number
  readonly waitingCount?: number
}

/** pg's own connection options, for what a URL cannot say: TLS certificates, a function that fetches the password. */
export interface PgConfig {
  readonly host?: string
  readonly port?: number
  readonly database?: string
  readonly user?: string
  readonly password?: string | (() => string | Promise<string>)
  readonly ssl?: boolean | object
  /** Other options of `pg.Client`. */
  readonly [option: string]: unknown
}

export interface PostgresOptions {
  /** The primary: `postgres://user:password@host:5432/database`. Either this or `pool`. */
  readonly url?: string | undefined
  /**
   * Streaming replicas of the primary, for reads that allow one. A function is given `attach`, for replicas that become known later; each URL
   * counts once.
   */
  readonly replicas?: readonly string[] | undefined | ((attach: (url: string) => void) => void)
  /**
   * The application's own `pg.Pool` for the primary, which it goes on using (its connections are borrowed call by call, nothing is changed on
   * them), or pg's connection options instead of a URL.
   */
  readonly pool?: PgPool | PgConfig
  /** Connections per node that serve one call at a time. Default 10. Of no effect on the application's own pool. */
  readonly max?: number
  /** Connections per node that short reads share. Default 2; 0 with the application's own pool, which these would be in addition to. */
  readonly pipelined?: number
  /** How often the position of a node that is in use is asked for. Default `'25ms'`. */
  readonly poll?: Duration
  /**
   * Whether changes can be followed (`cache.invalidation: 'log'`): takes `wal_level = logical` and a role with REPLICATION. Nothing is asked of the
   * server before something is followed. Default `true`.
   */
  readonly changeStream?: boolean
  /** What `pg_stat_activity` shows, followed by what the connection is for. Default `fulcrum`. */
  readonly applicationName?: string
}

/** The options of a node: where it is, in pg's terms and for people. */
export interface NodeAddress {
  readonly config: WireConfig
  /** `127.0.0.1:5432`, for messages. */
  readonly label: string
}

/** Checked options, with defaults. */
export interface PostgresSettings {
  readonly primary: NodeAddress
  readonly applicationPool: PgPool | undefined
  readonly replicas: readonly string[] | ((attach: (url: string) => void) => void)
  readonly max: number
  readonly pipelined: number
  /** Milliseconds. */
  readonly poll: number
  readonly changeStream: boolean
  readonly applicationName: string
}

const FIELDS = [
  'url',
  'replicas',
  'pool',
  'max',
  'pipelined',
  'poll',
  'changeStream',
  'applicationName',
] as const
/** Options of pg that would change how the store's connections work. */
const RESERVED = ['pipeline', 'query_timeout', 'Client', 'Promise', 'connectionString', 'application_name']

/** @throws FUL-1001, FUL-1002 or FUL-1013 naming the option, what was found and what is allowed. Passwords are never shown. */
export function checkOptions(options: PostgresOptions): PostgresSettings {
  refuseUnknown(options)
  const applicationPool = isPool(options.pool) ? options.pool : undefined
  return {
    primary: primaryOf(options),
    applicationPool,
    replicas: replicasOf(options.replicas),
    max: integer('max', options.max ?? 10, 1),
    pipelined: integer('pipelined', options.pipelined ?? (applicationPool === undefined ? 2 : 0), 0),
    poll: pollOf(options.poll ?? '25ms'),
    changeStream: boolean('changeStream', options.changeStream ?? true),
    applicationName: applicationNameOf(options.applicationName ?? 'fulcrum'),
  }
}

function refuseUnknown(options: PostgresOptions): void {
  for (const name of Object.keys(options)) {
    if ((FIELDS as readonly string[]).includes(name)) continue
    const params = { field: `postgres.${name}`, hint: didYouMean(name, FIELDS), allowed: FIELDS }
    throw fulcrumError('FUL-1001', params)
  }
}

function primaryOf({ url, pool }: PostgresOptions): NodeAddress {
  if (url !== undefined && pool !== undefined) {
    const params = { field: 'postgres.pool', found: 'given', other: 'postgres.url' }
    throw fulcrumError('FUL-1004', { ...params, reason: 'both name the primary', allowed: 'one of them' })
  }
  if (url !== undefined) return { config: configOfUrl(url, 'postgres.url'), label: labelOf(url) }
  if (pool === undefined) {
    const allowed = "a URL such as 'postgres://user:password@host:5432/database', or `pool`"
    throw fulcrumError('FUL-1013', { setting: 'postgres.url', allowed })
  }
  const config = configOf(pool)
  return { config, label: addressOf(config) }
}

function configOf(pool: PgPool | PgConfig): WireConfig {
  if (typeof pool !== 'object' || pool === null)
    throw invalid('pool', show(pool), "a pg.Pool, or pg's connection options")
  // A pool hides the password from enumeration.
  if (isPool(pool))
    return { ...pool.options, password: (pool.options as PgConfig).password, query_timeout: 0 }
  const reserved = RESERVED.find((name) => name in pool)
  if (reserved !== undefined) throw invalid(`pool.${reserved}`, 'given', 'options that say where to connect')
  return { ...pool }
}

function isPool(pool: PostgresOptions['pool']): pool is PgPool {
  return typeof pool === 'object' && pool !== null && typeof pool.connect === 'function' && 'options' in pool
}

function addressOf({ connectionString, host, port }: WireConfig): string {
  if (typeof connectionString === 'string') return labelOf(connectionString)
  const number = typeof port === 'number' || typeof port === 'string' ? port : 5432
  return `${typeof host === 'string' ? host : 'localhost'}:${number}`
}

function replicasOf(replicas: PostgresOptions['replicas'] = []): PostgresSettings['replicas'] {
  if (typeof replicas === 'function') return replicas
  if (!Array.isArray(replicas)) throw invalid('replicas', `a ${typeof replicas}`, 'a list of URLs')
  const urls: readonly string[] = replicas
  urls.forEach((url, index) => configOfUrl(url, `postgres.replicas.${index}`))
  return Object.freeze([...urls])
}

function integer(name: string, value: unknown, least: number): number {
  if (Number.isSafeInteger(value) && (value as number) >= least) return value as number
  throw invalid(name, show(value), `a whole number from ${least}`)
}

function boolean(name: string, value: unknown): boolean {
  if (typeof value === 'boolean') return value
  throw invalid(name, show(value), 'true or false')
}

function pollOf(value: unknown): number {
  const ms = parseDuration(value)
  if (ms === undefined) throw invalid('poll', show(value), DURATION_ALLOWED)
  if (ms < 1 || ms > 10_000) throw invalid('poll', show(value), "from '1ms' to '10s'")
  return ms
}

/** PostgreSQL cuts it at 63 bytes; the longest suffix has 10. */
function applicationNameOf(value: unknown): string {
  if (typeof value === 'string' && /^[\x20-\x7e]{1,53}$/.test(value)) return value
  throw invalid('applicationName', show(value), '1 to 53 printable ASCII characters')
}

function invalid(field: string, found: string, allowed: string): Error {
  return fulcrumError('FUL-1002', { field: `postgres.${field}`, found, allowed })
}
