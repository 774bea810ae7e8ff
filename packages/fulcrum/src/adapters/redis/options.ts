import { DURATION_ALLOWED, type Duration, parseDuration } from '../../kernel/duration.ts'
import { fulcrumError } from '../../kernel/errors/fulcrum-error.ts'
import { show } from '../../kernel/show.ts'
import { didYouMean } from '../../kernel/suggest.ts'
import type { ClientLike } from './client.ts'

export interface RedisOptions {
  /** `redis://user:password@host:6379/0`, or `rediss://` for TLS. Either this or `client`. */
  readonly url?: string | undefined
  /**
   * A client of the package `redis` (`createClient`), for what a URL cannot say: TLS certificates, a function that fetches the password. Connections
   * of the cache's own are made with its options; the client itself is not used, and need not be connected.
   */
  readonly client?: ClientLike
  /** In front of every key and channel, so that applications can share a server. Default `'fulcrum'`. */
  readonly prefix?: string
  /** How long one operation may take. A slower answer is not waited for: the database answers instead. Default `'100ms'`. */
  readonly timeout?: Duration
}

/** Checked options, with defaults. */
export interface RedisSettings {
  /** Empty where there is a client. */
  readonly url: string
  /** Made like this one instead. */
  readonly client: ClientLike | undefined
  /** Without user and password, for messages. */
  readonly label: string
  readonly prefix: string
  /** Milliseconds. */
  readonly timeout: number
}

const FIELDS = ['url', 'client', 'prefix', 'timeout'] as const

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

const URL_ALLOWED = "a URL such as 'redis://localhost:6379' or 'rediss://user:password@host:6380/1'"

function whereabouts({ url, client }: RedisOptions): Pick<RedisSettings, 'url' | 'client' | 'label'> {
  if (client !== undefined) return { ...ofClient(client, url), url: '' }
  if (url === undefined) throw fulcrumError('FUL-1013', { setting: 'redis.url', allowed: URL_ALLOWED })
  const parsed = parseUrl(url)
  return { url: parsed.href, client, label: parsed.host }
}

function ofClient(client: ClientLike, url: unknown): Pick<RedisSettings, 'client' | 'label'> {
  if (url !== undefined) {
    const params = { field: 'redis.client', found: 'given', other: 'redis.url', allowed: 'one of them' }
    throw fulcrumError('FUL-1004', { ...params, reason: 'both say where Redis is' })
  }
  if (typeof client !== 'object' || client === null || typeof client.duplicate !== 'function')
    throw invalid('client', 'something else', 'a client made by `createClient` of the package redis')
  const { host = 'localhost', port = 6379 } = (client.options?.socket ?? {}) as Partial<HostAndPort>
  return { client, label: `${host}:${port}` }
}

interface HostAndPort {
  readonly host: string
  readonly port: number
}

function parseUrl(url: unknown): URL {
  if (typeof url !== 'string' || url === '')
    throw invalid('url', url === '' ? 'empty' : `a ${typeof url}`, URL_ALLOWED)
  if (!URL.canParse(url))
    throw invalid(
      'url',
      'not a URL (special characters in the password have to be percent-encoded)',
      URL_ALLOWED,
    )
  const parsed = new URL(url)
  if (!/^rediss?:$/.test(parsed.protocol))
    throw invalid('url', `a URL of the kind ${parsed.protocol}//`, URL_ALLOWED)
  if (parsed.hostname === '') throw invalid('url', 'a URL without a host', URL_ALLOWED)
  return parsed
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

function invalid(option: string, found: string, allowed: string): Error {
  return fulcrumError('FUL-1002', { field: `redis.${option}`, found, allowed })
}
