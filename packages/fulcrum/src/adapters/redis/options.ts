import { DURATION_ALLOWED, type Duration, parseDuration } from '../../kernel/duration.ts'
import { fulcrumError } from '../../kernel/errors/fulcrum-error.ts'
import { show } from '../../kernel/show.ts'
import { didYouMean } from '../../kernel/suggest.ts'

export interface RedisOptions {
  /** `redis://user:password@host:6379/0`, or `rediss://` for TLS. */
  readonly url: string | undefined
  /** In front of every key and channel, so that applications can share a server. Default `'fulcrum'`. */
  readonly prefix?: string
  /** How long one operation may take. A slower answer is not waited for: the database answers instead. Default `'100ms'`. */
  readonly timeout?: Duration
}

/** Checked options, with defaults. */
export interface RedisSettings {
  readonly url: string
  /** Without user and password, for messages. */
  readonly label: string
  readonly prefix: string
  /** Milliseconds. */
  readonly timeout: number
}

const FIELDS = ['url', 'prefix', 'timeout'] as const

/** @throws FUL-1001, FUL-1002 or FUL-1013 naming the option, what was found and what is allowed. Passwords are never shown. */
export function checkOptions(options: RedisOptions): RedisSettings {
  for (const name of Object.keys(options)) {
    if ((FIELDS as readonly string[]).includes(name)) continue
    throw fulcrumError('FUL-1001', {
      field: `redis.${name}`,
      hint: didYouMean(name, FIELDS),
      allowed: FIELDS,
    })
  }
  const { url, prefix = 'fulcrum', timeout = '100ms' } = options
  const parsed = parseUrl(url)
  return { url: parsed.href, label: parsed.host, prefix: prefixOf(prefix), timeout: timeoutOf(timeout) }
}

const URL_ALLOWED = "a URL such as 'redis://localhost:6379' or 'rediss://user:password@host:6380/1'"

function parseUrl(url: unknown): URL {
  if (url === undefined || url === '')
    throw fulcrumError('FUL-1013', { setting: 'redis.url', allowed: URL_ALLOWED })
  const parsed = typeof url === 'string' && URL.canParse(url) ? new URL(url) : undefined
  if (parsed !== undefined && /^rediss?:$/.test(parsed.protocol)) return parsed
  throw invalid('url', 'something else', URL_ALLOWED)
}

/** Braces would decide on the slot of a cluster. */
function prefixOf(prefix: unknown): string {
  if (typeof prefix === 'string' && /^[\w.-]{1,64}$/.test(prefix)) return prefix
  throw invalid('prefix', show(prefix), 'up to 64 letters, digits, dots, dashes and underscores')
}

function timeoutOf(timeout: unknown): number {
  const ms = parseDuration(timeout)
  if (ms !== undefined && ms >= 1) return ms
  throw invalid('timeout', show(timeout), `${DURATION_ALLOWED}, at least '1ms'`)
}

function invalid(option: string, found: string, allowed: string): Error {
  return fulcrumError('FUL-1002', { field: `redis.${option}`, found, allowed })
}
