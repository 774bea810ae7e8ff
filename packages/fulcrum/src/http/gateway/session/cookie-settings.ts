import { DURATION_ALLOWED, type Duration, parseDuration } from '../../../kernel/duration.ts'
import { type FulcrumError, fulcrumError } from '../../../kernel/errors/fulcrum-error.ts'
import { show } from '../../../kernel/show.ts'

/**
 * Tokens in cookies, for pages that cannot keep them themselves: `HttpOnly`, `SameSite=Lax`.
 *
 * A token is no credential, so a request that another site causes gains nothing by it: it is answered no staler than the session demands. Whether
 * that request may do what it asks is for the principal resolver and its own protection against CSRF.
 */
export interface SessionCookie {
  /** Default `'__Host-fulcrum'`, a name that browsers accept over HTTPS for the whole host only; `'fulcrum'` where `path` or `secure` are given. */
  readonly name?: string
  /** Default `'/'`. */
  readonly path?: string
  /** How long a browser keeps it. Default: until the browser ends its session. */
  readonly maxAge?: Duration
  /** Default `true`: over HTTPS only, and on localhost. */
  readonly secure?: boolean
}

interface Rule {
  readonly allowed: string
  readonly holds: (value: unknown) => boolean
}

/** A token of RFC 9110 (5.6.2), which is what the name of a cookie is (RFC 6265, 4.1.1). */
const NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/
const PATH = /^\/[^;,\s]*$/

const RULES: Readonly<Record<keyof SessionCookie, Rule>> = {
  name: {
    allowed: "a name such as 'fulcrum', and without a path where it begins with __Host-",
    holds: (value) => typeof value === 'string' && NAME.test(value),
  },
  path: { allowed: "a path such as '/api'", holds: (value) => typeof value === 'string' && PATH.test(value) },
  maxAge: { allowed: DURATION_ALLOWED, holds: (value) => parseDuration(value) !== undefined },
  secure: { allowed: 'true or false', holds: (value) => typeof value === 'boolean' },
}

/** What is wrong with the settings, each with its place in the configuration. */
export function checkCookie(cookie: unknown, place: string): FulcrumError[] {
  if (typeof cookie !== 'object' || cookie === null) return [invalid(place, cookie, 'an object')]
  const given = Object.entries(cookie).filter(([, value]) => value !== undefined)
  const wrong = given.flatMap(([key, value]) => {
    const rule = (RULES as Readonly<Record<string, Rule>>)[key]
    if (rule?.holds(value) === true) return []
    return [invalid(`${place}.${key}`, value, rule?.allowed ?? `only ${Object.keys(RULES).join(', ')}`)]
  })
  return wrong.length > 0 ? wrong : checkPrefix(cookie, place)
}

/** Browsers drop a `__Host-` cookie with a path or without `Secure` (RFC 6265bis, 4.1.3.2), so that nothing would ever come back. */
function checkPrefix({ name, path = '/', secure = true }: SessionCookie, place: string): FulcrumError[] {
  if (name === undefined) return []
  if (name.startsWith('__Host-') && (path !== '/' || !secure))
    return [invalid(`${place}.name`, name, 'another name, or neither path nor secure')]
  if (name.startsWith('__Secure-') && !secure)
    return [invalid(`${place}.name`, name, 'another name, or secure')]
  return []
}

function invalid(field: string, found: unknown, allowed: string): FulcrumError {
  return fulcrumError('FUL-1012', { field, found: show(found), allowed })
}
