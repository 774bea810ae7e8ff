import { describe, expect, it } from 'vitest'
import { NEW_TOKEN, type Token, wrote } from '../../../consistency/token.ts'
import { TokenSigner } from '../../../enforce/session/token-signer.ts'
import { isFulcrumError } from '../../../kernel/errors/fulcrum-error.ts'
import { createSeededRandom } from '../../../kernel/random-seeded.ts'
import { RequestHead } from '../head.ts'
import { checkCookie } from './cookie-settings.ts'
import { Visits } from './visits.ts'

const signer = new TokenSigner(['secret'])
const retired = new TokenSigner(['retired'])
const written = (lsn: number, tag = 1): Token => wrote(NEW_TOKEN, [tag], { epoch: '7/1', lsn, id: 5 })
const headOf = (parts: Partial<RequestHead>): RequestHead => Object.assign(new RequestHead(), parts)
const inHeaders = new Visits({ signer }, createSeededRandom(1))
const inCookies = new Visits({ signer, cookie: {} }, createSeededRandom(1))

/** The headers that a request with these tokens is answered with, when its call makes `next` of the session. */
function answered(
  visits: Visits,
  parts: Partial<RequestHead>,
  next?: Token,
  always = true,
): [string, string][] {
  const visit = visits.begin(headOf(parts))
  if (next !== undefined) visit.session.advance(visit.before, next)
  const headers = visits.end(visit, always)
  return Array.from(
    { length: headers.length / 2 },
    (_, index) => headers.slice(2 * index, 2 * index + 2) as [string, string],
  )
}

const valueOf = (headers: [string, string][], wanted: string): string | undefined =>
  headers.find(([name]) => name === wanted)?.[1]

describe('a session in a header', () => {
  it('is of unknown history without one, and known from the answer on', () => {
    expect(inHeaders.begin(headOf({})).session.token).toBeUndefined()
    expect(valueOf(answered(inHeaders, {}, written(1)), 'fulcrum-token')).toBe(signer.write(written(1)))
    expect(answered(inHeaders, {})).toEqual([])
  })

  it('comes back as it was while nothing has changed', () => {
    const token = signer.write(written(1))
    expect(answered(inHeaders, { token })).toEqual([['fulcrum-token', token]])
  })

  it('is left alone by operations that have nothing to do with sessions, unless it changed or was several', () => {
    const token = signer.write(written(1))
    expect(answered(inHeaders, { token }, undefined, false)).toEqual([])
    expect(answered(inHeaders, { token }, written(2), false)).toHaveLength(1)
    expect(
      answered(inHeaders, { token: `${token}, ${signer.write(written(2, 2))}` }, undefined, false),
    ).toHaveLength(1)
  })

  it('says that it was reset when its key has retired', () => {
    const headers = answered(inHeaders, { token: retired.write(written(1)) }, written(2))
    expect(valueOf(headers, 'fulcrum-session')).toBe('reset')
  })

  it('is refused when it is not genuine, naming the header', () => {
    const refused = (): unknown => {
      try {
        return inHeaders.begin(headOf({ token: `${signer.write(written(1))}x` }))
      } catch (error) {
        return error
      }
    }
    const error = refused()
    expect(isFulcrumError(error, 'FUL-2013') && error.detail).toContain('Fulcrum-Token')
  })
})

/** Keeps cookies as a browser does: by name, in no order that matters. */
class Browser {
  readonly #cookies = new Map<string, string>()

  get header(): string {
    return [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  }

  get size(): number {
    return this.#cookies.size
  }

  take(headers: [string, string][]): void {
    for (const [name, value] of headers) if (name === 'set-cookie') this.#set(value)
  }

  #set(text: string): void {
    const [pair = '', ...attributes] = text.split('; ')
    const [name, value] = pair.split('=') as [string, string]
    if (attributes.includes('Max-Age=0')) this.#cookies.delete(name)
    else this.#cookies.set(name, value)
  }
}

describe('a session in cookies', () => {
  it('travels where scripts and other sites do not reach it', () => {
    const cookie = valueOf(answered(inCookies, {}, written(1)), 'set-cookie')
    expect(cookie).toMatch(/^__Host-fulcrum-[0-9a-f]{12}=[\w-]+; Path=\/; HttpOnly; SameSite=Lax; Secure$/)
  })

  it('is not set again while nothing has changed', () => {
    const browser = new Browser()
    browser.take(answered(inCookies, {}, written(1)))
    expect(valueOf(answered(inCookies, { cookie: browser.header }), 'set-cookie')).toBeUndefined()
  })

  it('keeps what each of two overlapping answers knows, in whichever order they come', () => {
    const first = new Browser()
    first.take(answered(inCookies, {}, written(1, 1)))
    const sent = { cookie: first.header }
    const answers = [answered(inCookies, sent, written(10, 2)), answered(inCookies, sent, written(20, 3))]
    for (const order of [answers, answers.toReversed()]) {
      const browser = new Browser()
      for (const answer of order) browser.take(answer)
      expect(browser.size).toBe(2)
      const merged = inCookies.begin(headOf({ cookie: `theme=dark; ${browser.header}` })).session.token
      expect([...(merged?.tags.keys() ?? [])].toSorted((a, b) => a - b)).toEqual([2, 3])
      browser.take(answered(inCookies, { cookie: browser.header }))
      expect(browser.size).toBe(1)
    }
  })

  it('begins anew, and says so, when a cookie is not genuine', () => {
    const cookie = '__Host-fulcrum-00=nonsense'
    const headers = answered(inCookies, { cookie }, written(1))
    expect(valueOf(headers, 'fulcrum-session')).toBe('reset')
    const browser = new Browser()
    browser.take([['set-cookie', `${cookie}; Path=/`], ...headers])
    expect(browser.header).not.toContain('nonsense')
  })

  it('ignores cookies where none are configured', () => {
    expect(inHeaders.begin(headOf({ cookie: '__Host-fulcrum-00=nonsense' })).session.wasReset).toBe(false)
  })

  it.each([
    ['name', { name: 'a b' }],
    ['path', { path: 'api' }],
    ['maxAge', { maxAge: '1 day' }],
    ['secure', { secure: 'no' }],
    ['domain', { domain: 'example.com' }],
    ['name', { name: '__Host-x', path: '/api' }],
    ['name', { name: '__Secure-x', secure: false }],
  ])('refuses a wrong %s', (field, cookie) => {
    const [error, ...others] = checkCookie(cookie, 'session.cookie')
    expect(others).toEqual([])
    expect(error?.detail).toContain(`session.cookie.${field}`)
  })

  it('takes other names and paths', () => {
    expect(
      checkCookie({ name: 'shop', path: '/api', maxAge: '30d', secure: false }, 'session.cookie'),
    ).toEqual([])
    const visits = new Visits({ signer, cookie: { path: '/api', maxAge: '1h' } }, createSeededRandom(1))
    const cookie = valueOf(answered(visits, {}, written(1)), 'set-cookie')
    expect(cookie).toMatch(
      /^fulcrum-[0-9a-f]{12}=[\w-]+; Path=\/api; HttpOnly; SameSite=Lax; Secure; Max-Age=3600$/,
    )
  })
})
