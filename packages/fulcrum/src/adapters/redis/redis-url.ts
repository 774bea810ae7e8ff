import { fulcrumError } from '../../kernel/errors/fulcrum-error.ts'

export const URL_ALLOWED = "a URL such as 'redis://localhost:6379' or 'rediss://user:password@host:6380/1'"

/** @throws FUL-1002 naming the option. Passwords are never shown. */
export function parseRedisUrl(url: unknown, option: string): URL {
  if (typeof url !== 'string' || url === '')
    throw invalid(option, url === '' ? 'empty' : `a ${typeof url}`, URL_ALLOWED)
  if (!URL.canParse(url))
    throw invalid(
      option,
      'not a URL (special characters in the password have to be percent-encoded)',
      URL_ALLOWED,
    )
  const parsed = new URL(url)
  if (!/^rediss?:$/.test(parsed.protocol))
    throw invalid(option, `a URL of the kind ${parsed.protocol}//`, URL_ALLOWED)
  if (parsed.hostname === '') throw invalid(option, 'a URL without a host', URL_ALLOWED)
  return parsed
}

export function invalid(option: string, found: string, allowed: string): Error {
  return fulcrumError('FUL-1002', { field: `redis.${option}`, found, allowed })
}
