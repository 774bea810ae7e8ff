import { parseDuration } from '../../../kernel/duration.ts'
import type { SessionCookie } from './cookie-settings.ts'

/** A cookie as a browser sent it. */
export interface SentCookie {
  readonly name: string
  readonly value: string
}

/**
 * Tokens in cookies. Each answer sets one under a name of its own and removes those that its request brought: two answers that overlap would
 * overwrite each other under one name, and what one of them knew would be lost.
 */
export class TokenCookies {
  readonly #prefix: string
  readonly #attributes: string
  readonly #maxAge: string

  /** Settings that `checkCookie` has nothing to say about. */
  constructor({ name, path, maxAge, secure = true }: SessionCookie) {
    const isPlain = (path === undefined || path === '/') && secure
    this.#prefix = `${name ?? (isPlain ? '__Host-fulcrum' : 'fulcrum')}-`
    this.#attributes = `; Path=${path ?? '/'}; HttpOnly; SameSite=Lax${secure ? '; Secure' : ''}`
    const ms = parseDuration(maxAge)
    this.#maxAge = ms === undefined ? '' : `; Max-Age=${Math.floor(ms / 1000)}`
  }

  /** Those among the cookies of a request that are tokens (RFC 6265, 4.2). */
  sent(header: string | undefined): readonly SentCookie[] {
    if (header === undefined || !header.includes(this.#prefix)) return []
    return header.split(';').flatMap((pair) => {
      const [name, value] = halves(pair.trim())
      return name.startsWith(this.#prefix) ? [{ name, value }] : []
    })
  }

  /** A value of `Set-Cookie`. `suffix`: letters and digits that no other answer has. */
  set(suffix: string, token: string): string {
    return `${this.#prefix}${suffix}=${token}${this.#attributes}${this.#maxAge}`
  }

  remove({ name }: SentCookie): string {
    return `${name}=${this.#attributes}; Max-Age=0`
  }
}

function halves(pair: string): readonly [string, string] {
  const at = pair.indexOf('=')
  return at === -1 ? [pair, ''] : [pair.slice(0, at), pair.slice(at + 1)]
}
