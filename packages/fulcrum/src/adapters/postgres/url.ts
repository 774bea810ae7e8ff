import { fulcrumError } from '../../kernel/errors/fulcrum-error.ts'
import type { WireConfig } from './driver.ts'

const ALLOWED = "a URL such as 'postgres://user:password@host:5432/database'"
const ONE_HOST = 'one host: a name that leads to the primary, or to the replica'
const PROTOCOLS = ['postgres:', 'postgresql:']

/**
 * A URL in pg's terms. Only its form is checked; what it says besides is pg's business.
 *
 * @throws FUL-1002 without showing any part of the URL that may be a password.
 */
export function configOfUrl(url: unknown, field: string): WireConfig {
  if (typeof url !== 'string' || url === '') throw invalid(field, url === '' ? 'empty' : `a ${typeof url}`)
  const parsed = parse(url)
  if (namesSeveralHosts(url, parsed))
    throw invalid(field, 'a URL of several hosts, which pg does not know', ONE_HOST)
  if (parsed === undefined)
    throw invalid(field, 'not a URL (special characters in the password have to be percent-encoded)')
  if (!PROTOCOLS.includes(parsed.protocol)) throw invalid(field, `a URL of the kind ${parsed.protocol}//`)
  if (parsed.hostname === '' && !parsed.searchParams.has('host')) throw invalid(field, 'a URL without a host')
  return { connectionString: url }
}

/** Host and port of a URL that has been checked, for messages. */
export function labelOf(url: string): string {
  const { hostname, port, searchParams } = new URL(url)
  const host = searchParams.get('host') ?? hostname
  return host.startsWith('/') ? host : `${host}:${searchParams.get('port') ?? (port || '5432')}`
}

function parse(url: string): URL | undefined {
  return URL.canParse(url) ? new URL(url) : undefined
}

/** `a,b` or `a:1,b:2`, which is no URL to WHATWG; what stands before the last `@` may have commas. */
function namesSeveralHosts(url: string, parsed: URL | undefined): boolean {
  const authority = /^[a-z]+:\/\/([^/?#]*)/i.exec(url)?.[1] ?? ''
  const hosts = authority.slice(authority.lastIndexOf('@') + 1)
  return `${hosts}${parsed?.searchParams.get('host') ?? ''}`.includes(',')
}

function invalid(field: string, found: string, allowed: string = ALLOWED): Error {
  return fulcrumError('FUL-1002', { field, found, allowed })
}
