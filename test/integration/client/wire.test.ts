import { command, error, query } from 'fulcrum'
import { createClient, createSession, isDomainError, isFulcrumError, isRemoteError } from 'fulcrum/client'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { waitFor } from '../../support/wait-for.ts'
import { cutOff, endless, hangUp, json, raw, scriptedServer, silence } from './scripted-server.ts'

const Taken = error('things.Taken', { status: 409, data: z.object({ by: z.string() }) })
const Thing = z.object({ n: z.int() })
const get = query('things.get', {
  input: z.object({ id: z.string(), tags: z.array(z.string()).optional(), limit: z.int().optional() }),
  output: Thing,
  errors: [Taken],
  http: 'GET /things/:id',
})
const change = command('things.change', {
  input: z.object({ id: z.string(), note: z.string().optional() }),
  output: Thing,
  errors: [Taken],
  http: 'PATCH /things/:id',
  contract: { idempotency: 'none' },
})
const changeOnce = command('things.changeOnce', {
  input: z.object({ id: z.string(), note: z.string().optional() }),
  output: Thing,
  http: 'PATCH /things/:id',
  contract: { idempotency: { key: 'header' } },
})
const operations = { get, change, changeOnce }

describe('on the wire', () => {
  test('a query has path and query string, and nothing that it does not need', async () => {
    await using server = await scriptedServer(json({ n: 1 }))
    const client = createClient({ baseUrl: server.url, operations })
    await expect(client.get({ id: 'ü/? #', tags: ['a&b', '+'], limit: 5 })).resolves.toEqual({ n: 1 })
    const [seen] = server.seen
    expect(seen).toMatchObject({
      method: 'GET',
      target: '/things/%C3%BC%2F%3F%20%23?tags=a%26b&tags=%2B&limit=5',
      body: '',
    })
    expect(seen?.headers).toMatchObject({ accept: 'application/json' })
    expect(Object.keys(seen?.headers ?? {})).not.toContain('idempotency-key')
    expect(Object.keys(seen?.headers ?? {})).not.toContain('fulcrum-deadline')
  })

  test('a command has a body and an idempotency key', async () => {
    await using server = await scriptedServer(json({ n: 2 }))
    const client = createClient({ baseUrl: server.url, operations })
    await client.changeOnce(
      { id: 'x', note: 'häß 😀' },
      { deadline: '5s', ifMatch: '"7"', traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01` },
    )
    const [seen] = server.seen
    expect(seen).toMatchObject({ method: 'PATCH', target: '/things/x', body: '{"note":"häß 😀"}' })
    expect(seen?.headers).toMatchObject({
      'content-type': 'application/json',
      'if-match': '"7"',
      traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`,
    })
    expect(seen?.headers['idempotency-key']).toMatch(/^"[0-9a-f-]{36}"$/)
    expect(seen?.headers['fulcrum-deadline']).toMatch(/^(?:5s|4\d{3}ms)$/)
  })

  test('the session carries tokens, in and out', async () => {
    await using server = await scriptedServer(json({ n: 1 }, 200, { 'fulcrum-token': 't1' }), json({ n: 1 }))
    const session = createSession()
    const client = createClient({ baseUrl: server.url, operations, session })
    await client.change({ id: 'x' })
    await client.get({ id: 'x' })
    expect(server.seen.map(({ headers }) => headers['fulcrum-token'])).toEqual([undefined, 't1'])
    expect(session.tokens).toEqual(['t1'])
  })
})

describe('what goes wrong on the way', () => {
  test('nobody listens: a query is tried again, then it is an error with the reason', async () => {
    const { url } = await gone()
    const client = createClient({ baseUrl: url, operations })
    const failure = await client.get({ id: 'x' }).catch((reason: unknown) => reason)
    expect(isFulcrumError(failure, 'FUL-7502')).toBe(true)
    expect(failure).toMatchObject({
      message: expect.stringContaining('ECONNREFUSED') as string,
      operation: 'things.get',
    })
  })

  test.each([
    ['the connection breaks before the answer', hangUp],
    ['the answer is cut off', cutOff],
    ['a proxy answers 502 with HTML', raw(502, { 'content-type': 'text/html' }, '<h1>Bad Gateway</h1>')],
    ['the server is busy', raw(503, { 'retry-after': '0' }, '')],
  ])('%s: a query is tried again, a command is not', async (_, script) => {
    await using server = await scriptedServer(script, script, json({ n: 3 }))
    const client = createClient({ baseUrl: server.url, operations })
    await expect(client.get({ id: 'x' })).resolves.toEqual({ n: 3 })
    expect(server.seen).toHaveLength(3)

    await using other = await scriptedServer(script, json({ n: 3 }))
    const failure = await createClient({ baseUrl: other.url, operations })
      .change({ id: 'x' })
      .catch((reason: unknown) => reason)
    expect(isFulcrumError(failure)).toBe(true)
    expect(other.seen).toHaveLength(1)
  })

  test.each([
    ['an error page', raw(500, { 'content-type': 'text/html' }, '<html>'), { status: 500 }],
    [
      'a problem that is cut off',
      raw(400, { 'content-type': 'application/problem+json' }, '{"code":"FUL-2'),
      { status: 400 },
    ],
    ['an empty error', raw(404, {}, ''), { status: 404, problem: { title: 'Not Found' } }],
    ['too many requests', raw(429, { 'retry-after': '1' }, ''), { status: 429 }],
  ])('%s is a remote error with its status', async (_, script, expected) => {
    await using server = await scriptedServer(script)
    const client = createClient({ baseUrl: server.url, operations })
    const failure = await client.get({ id: 'x' }).catch((reason: unknown) => reason)
    expect(isRemoteError(failure)).toBe(true)
    expect(failure).toMatchObject(expected)
    expect(server.seen).toHaveLength(1)
  })

  test('a success that is not JSON is an error, not an answer', async () => {
    await using server = await scriptedServer(
      raw(200, { 'content-type': 'text/html' }, '<html>Log in first</html>'),
    )
    const client = createClient({ baseUrl: server.url, operations })
    await expect(client.get({ id: 'x' })).rejects.toMatchObject({ code: 'FUL-7503', operation: 'things.get' })
  })

  test('redirects are not followed', async () => {
    await using server = await scriptedServer(raw(307, { location: '/elsewhere' }, ''), json({ n: 1 }))
    const client = createClient({
      baseUrl: server.url,
      operations,
      headers: { authorization: 'Bearer secret' },
    })
    await expect(client.change({ id: 'x' })).rejects.toMatchObject({ status: 307 })
    expect(server.seen).toHaveLength(1)
  })

  test('a declared error comes back as itself', async () => {
    const problem = { type: 'x', title: 'Taken', status: 409, code: 'things.Taken', data: { by: 'ada' } }
    const script = raw(
      409,
      { 'content-type': 'application/problem+json', 'x-request-id': 'r1' },
      JSON.stringify(problem),
    )
    await using server = await scriptedServer(script)
    const failure = await createClient({ baseUrl: server.url, operations })
      .change({ id: 'x' })
      .catch((reason: unknown) => reason)
    if (!isDomainError(failure, Taken)) throw new Error('not the declared error', { cause: failure })
    expect(failure.data.by).toBe('ada')
    expect(failure.cause).toMatchObject({ requestId: 'r1' })
  })
})

describe('a deadline', () => {
  test.each([
    ['while nothing comes', silence],
    ['while the body is coming', endless],
  ])('ends the request %s, and the server notices', async (_, script) => {
    await using server = await scriptedServer(script)
    const client = createClient({ baseUrl: server.url, operations })
    const failure = await client.get({ id: 'x' }, { deadline: '80ms' }).catch((reason: unknown) => reason)
    expect(isFulcrumError(failure, 'FUL-3001')).toBe(true)
    expect(failure).toMatchObject({ operation: 'things.get', params: { budget: '80ms' } })
    await waitFor(() => server.seen[0]?.abandoned(), { what: 'the server to see the caller leave' })
  })

  test('leaves the client usable', async () => {
    await using server = await scriptedServer(silence, json({ n: 1 }))
    const client = createClient({ baseUrl: server.url, operations })
    await expect(client.get({ id: 'x' }, { deadline: '30ms' })).rejects.toThrow('FUL-3001')
    await expect(client.get({ id: 'x' }, { deadline: '5s' })).resolves.toEqual({ n: 1 })
  })
})

describe('the signal of the caller', () => {
  test('ends the request, and the server notices', async () => {
    await using server = await scriptedServer(silence)
    const client = createClient({ baseUrl: server.url, operations })
    const controller = new AbortController()
    const call = client.get({ id: 'x' }, { signal: controller.signal }).catch((reason: unknown) => reason)
    await waitFor(() => server.seen.length === 1)
    controller.abort()
    expect(isFulcrumError(await call, 'FUL-2010')).toBe(true)
    await waitFor(() => server.seen[0]?.abandoned(), { what: 'the server to see the caller leave' })
  })
})

/** Where nobody listens any more. */
async function gone(): Promise<{ readonly url: string }> {
  await using server = await scriptedServer(silence)
  return { url: server.url }
}
