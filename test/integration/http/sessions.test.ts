import type { App } from 'fulcrum/app'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type FreshDatabase, freshDatabase } from '../../support/database.ts'
import { random } from '../../support/parts.ts'
import { waitFor } from '../../support/wait-for.ts'
import type { StartTarget, Target } from './conformance/target.ts'
import { getBook, libraryApp, writeBook } from './library-app.ts'
import { expressMount, fastifyServer, honoMount } from './targets.ts'

const SERVERS: readonly (readonly [string, StartTarget])[] = [
  ['the Fastify server', fastifyServer],
  ['Hono', honoMount],
  ['Express', expressMount],
]

let database: FreshDatabase
let app: App
let other: App
beforeAll(async () => {
  database = await freshDatabase()
  const { url, replicaUrl } = database
  app = await libraryApp({ url, replicaUrl, session: { cookie: {} } })
  other = await libraryApp({ url, replicaUrl })
})
afterAll(async () => {
  await app.close()
  await other.close()
  await database[Symbol.asyncDispose]()
})

const put = (
  target: Target,
  id: string,
  title: string,
  headers: Record<string, string> = {},
): Promise<Response> =>
  target.send({
    method: 'PUT',
    path: `/books/${id}`,
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ title }),
  })
const tokenOf = ({ headers }: Response): string => headers.get('fulcrum-token') ?? ''

/**
 * The answer of a path once it comes out of memory. A replica that has not seen the write yet may answer first, as the bound allows, and what it
 * says is not kept after the write.
 */
const keptAnswer = (target: Target, path: string): Promise<Response> =>
  waitFor(async () => {
    const answer = await target.send({ path })
    return answer.headers.get('fulcrum-source') === 'local' && answer
  })

describe.each(SERVERS)('a session through %s', (_, start) => {
  let target: Target
  beforeAll(async () => {
    target = await start({ app })
  })
  afterAll(() => target.close())

  test('sees what it has written, on every instance, without a key being configured', async () => {
    const id = random.uuid()
    const second = await start({ app: other })
    try {
      let token = tokenOf(await put(target, id, 'title 0'))
      for (let round = 1; round <= 20; round += 1) {
        const written = await put(round % 2 === 0 ? target : second, id, `title ${round}`, {
          'fulcrum-token': token,
        })
        token = tokenOf(written)
        const read = await (round % 2 === 0 ? second : target).send({
          path: `/books/${id}`,
          headers: { 'fulcrum-token': token },
        })
        expect(await read.json()).toEqual({ id, title: `title ${round}` })
        expect(tokenOf(read)).toBe(token)
      }
    } finally {
      await second.close()
    }
  })

  test('is answered by the primary while nothing is known of it, and knows something from then on', async () => {
    const id = random.uuid()
    await put(target, id, 'title')
    const read = await target.send({ path: `/books/${id}` })
    expect(read.headers.get('fulcrum-source')).toBe('primary')
    expect(tokenOf(read)).toMatch(/^[\w-]+$/)
  })

  test('advances with what it has seen where that counts', async () => {
    const id = random.uuid()
    const written = tokenOf(await put(target, id, 'title'))
    const read = await target.send({ path: `/followed/${id}`, headers: { 'fulcrum-token': written } })
    expect(await read.json()).toEqual({ id, title: 'title' })
    expect(tokenOf(read)).not.toBe(written)
    const missing = await target.send({ path: `/followed/none`, headers: { 'fulcrum-token': written } })
    expect(missing.status).toBe(404)
    expect(tokenOf(missing)).toMatch(/^[\w-]+$/)
  })

  test('merges the tokens of overlapping calls', async () => {
    const [a, b] = [random.uuid(), random.uuid()]
    const [first, second] = await Promise.all([put(target, a, 'a'), put(target, b, 'b')])
    const header = `${tokenOf(first)}, ${tokenOf(second)}`
    const merged = tokenOf(await target.send({ path: `/plain/${a}`, headers: { 'fulcrum-token': header } }))
    expect(merged).toMatch(/^[\w-]+$/)
    for (const id of [a, b]) {
      const read = await target.send({ path: `/books/${id}`, headers: { 'fulcrum-token': merged } })
      expect(read.status).toBe(200)
    }
  })

  test('gets the token of what was committed, also when the answer is an error', async () => {
    const id = random.uuid()
    const failed = await target.send({
      method: 'POST',
      path: '/unsayable',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ id, title: 'committed' }),
    })
    expect(failed.status).toBe(500)
    const headers = { 'fulcrum-token': tokenOf(failed) }
    const read = await target.send({ path: `/books/${id}`, headers })
    expect(await read.json()).toEqual({ id, title: 'committed' })
  })

  test('gets a token from a command that calls one that changes data', async () => {
    const id = random.uuid()
    const rewritten = await target.send({ method: 'POST', path: `/rewritten/${id}` })
    expect(rewritten.status).toBe(200)
    expect(tokenOf(rewritten)).toMatch(/^[\w-]+$/)
  })

  test('leaves operations alone that have nothing to do with it', async () => {
    const id = random.uuid()
    const written = tokenOf(await put(target, id, 'title'))
    for (const headers of [{}, { 'fulcrum-token': written }]) {
      const read = await target.send({ path: `/plain/${id}`, headers })
      expect(read.headers.get('fulcrum-token')).toBeNull()
      expect(read.headers.get('cache-control')).toBe('no-store')
    }
  })

  test('is refused with a token that is not genuine, and begins anew with one of a retired key', async () => {
    const id = random.uuid()
    const token = tokenOf(await put(target, id, 'title'))
    const forged = `${token.slice(0, -2)}${token.endsWith('AA') ? 'BB' : 'AA'}`
    const refused = await target.send({ path: `/books/${id}`, headers: { 'fulcrum-token': forged } })
    expect(refused.status).toBe(400)
    expect(await refused.json()).toMatchObject({
      code: 'FUL-2013',
      detail: expect.stringContaining('Fulcrum-Token') as string,
    })

    await using rotated = await libraryApp({ url: database.url, session: { keys: ['k'.repeat(32)] } })
    const alien = rotated.session()
    await rotated.call(writeBook, { id, title: 'title' }, { session: alien })
    const reset = await target.send({ path: `/books/${id}`, headers: { 'fulcrum-token': alien.token() } })
    expect(reset.status).toBe(200)
    expect(reset.headers.get('fulcrum-session')).toBe('reset')
    expect(reset.headers.get('fulcrum-source')).toBe('primary')
  })

  test('travels in cookies for those who keep them', async () => {
    const id = random.uuid()
    const cookies = new Map<string, string>()
    const jar = (): Record<string, string> =>
      cookies.size === 0 ? {} : { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') }
    const keep = (response: Response): void => {
      for (const line of response.headers.getSetCookie()) {
        const [name, value] = (line.split('; ')[0] as string).split('=') as [string, string]
        if (line.includes('Max-Age=0')) cookies.delete(name)
        else cookies.set(name, value)
      }
    }
    const sent = jar()
    for (const answer of await Promise.all([
      put(target, id, 'a', sent),
      put(target, random.uuid(), 'b', sent),
    ]))
      keep(answer)
    expect(cookies.size).toBe(2)
    const read = await target.send({ path: `/books/${id}`, headers: jar() })
    keep(read)
    expect(await read.json()).toEqual({ id, title: 'a' })
    expect(cookies.size).toBe(1)
  })
})

describe.each(SERVERS)('caches in front of %s', (_, start) => {
  let target: Target
  beforeAll(async () => {
    target = await start({ app: other })
  })
  afterAll(() => target.close())

  test('keep public answers for what is left of their time, and learn when they are current', async () => {
    const id = random.uuid()
    await put(target, id, 'title')
    const read = await keptAnswer(target, `/public/${id}`)
    expect(read.headers.get('cache-control')).toMatch(/^public, max-age=\d+, s-maxage=\d+, must-revalidate$/)
    const etag = read.headers.get('etag') ?? ''
    const again = await target.send({ path: `/public/${id}`, headers: { 'if-none-match': `"x", W/${etag}` } })
    expect(again.status).toBe(304)
    expect(await again.text()).toBe('')
    expect(again.headers.get('etag')).toBe(etag)
    expect(again.headers.get('content-type')).toBeNull()
    expect(again.headers.get('content-length')).toBeNull()
    expect(again.headers.get('fulcrum-source')).toBe('local')
    expect(Number(again.headers.get('age'))).toBeGreaterThanOrEqual(0)
    expect(again.headers.get('cache-control')).toMatch(/^public, max-age=(?:299|30\d), s-maxage/)
    const other = await target.send({ path: `/public/${id}`, headers: { 'if-none-match': '"x"' } })
    expect(other.status).toBe(200)
  })

  test('ask before each use where a session is at stake', async () => {
    const id = random.uuid()
    const token = tokenOf(await put(target, id, 'title'))
    const read = await target.send({ path: `/cached/${id}`, headers: { 'fulcrum-token': token } })
    expect(read.headers.get('cache-control')).toBe('private, no-cache')
    expect(read.headers.get('vary')).toBe('Fulcrum-Token')
    const current = await target.send({
      path: `/cached/${id}`,
      headers: { 'fulcrum-token': token, 'if-none-match': read.headers.get('etag') ?? '' },
    })
    expect(current.status).toBe(304)
    expect(tokenOf(current)).toBe(token)
  })

  test('do not mix up principals', async () => {
    for (const id of ['ada', 'bob']) {
      const read = await target.send({ path: '/shelf', headers: { 'x-user': id } })
      expect(await read.json()).toEqual({ of: id })
      expect(read.headers.get('vary')).toBe('x-user')
      expect(read.headers.get('cache-control')).toMatch(/^private, max-age=\d+$/)
    }
  })

  test('do not make commands out of creations: what would overwrite is refused', async () => {
    const refused = await put(target, random.uuid(), 'title', { 'if-none-match': '*' })
    expect(refused.status).toBe(400)
  })
})

describe('a session in process', () => {
  test('sees what it has written, and goes on as a text', async () => {
    const id = random.uuid()
    const session = app.session()
    expect(session.token()).toBe('')
    await app.call(writeBook, { id, title: 'title' }, { session })
    expect(await app.call(getBook, { id }, { session })).toEqual({ id, title: 'title' })
    const carried = other.session(session.token())
    expect(await other.call(getBook, { id }, { session: carried })).toEqual({ id, title: 'title' })
    expect(carried.token()).toBe(session.token())
    expect(carried.wasReset).toBe(false)
  })

  test('keeps what overlapping calls have written', async () => {
    const ids = Array.from({ length: 8 }, () => random.uuid())
    const session = app.session()
    await Promise.all(ids.map((id) => app.call(writeBook, { id, title: id }, { session })))
    const carried = other.session(session.token())
    for (const id of ids)
      expect(await other.call(getBook, { id }, { session: carried })).toEqual({ id, title: id })
  })

  test('is refused where it is none', async () => {
    expect(() => app.session('nonsense')).toThrow(/FUL-2013/)
    await expect(
      app.call(getBook, { id: '1' }, { session: { wasReset: false, token: () => '' } }),
    ).rejects.toThrow(/options\.session/)
  })
})
