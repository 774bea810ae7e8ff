import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { command } from '../../declare/command.ts'
import { query } from '../../declare/query.ts'
import { createVirtualClock, type VirtualClock } from '../../kernel/clock-virtual.ts'
import { createSeededRandom } from '../../kernel/random-seeded.ts'
import { createClient } from './client.ts'
import type { Client } from './client-of.ts'
import type { ClientOptions, FetchRequest, FetchResponse } from './options.ts'
import { createSession } from './session.ts'

const get = query('a.get', {
  input: z.object({ id: z.string() }),
  output: z.object({ n: z.int() }),
  http: 'GET /a/:id',
})
const search = query('a.search', {
  input: z.object({ text: z.string() }),
  output: z.int(),
  http: 'POST /a/search',
})
const change = command('a.change', {
  input: z.object({ id: z.string() }),
  output: z.object({ n: z.int() }),
  http: 'POST /a/:id',
  contract: { idempotency: 'none' },
})
const pay = command('a.pay', {
  input: z.object({ id: z.string() }),
  output: z.object({ n: z.int() }),
  http: 'POST /pay/:id',
  contract: { idempotency: { key: 'header' } },
})
const hidden = query('a.hidden', { output: z.int() })
const operations = { get, search, change, pay, hidden }

interface Seen extends FetchRequest {
  readonly url: string
  /** On the virtual clock. */
  readonly at: number
}

type Reaction = (seen: Seen, clock: VirtualClock) => FetchResponse | Promise<FetchResponse>

interface Bench {
  readonly client: Client<typeof operations>
  readonly clock: VirtualClock
  readonly seen: readonly Seen[]
}

/** A client in virtual time whose requests meet `reactions`, one after the other, the last one again and again. */
function bench(
  reactions: readonly Reaction[],
  options: Partial<Omit<ClientOptions<unknown>, 'operations'>> = {},
): Bench {
  const clock = createVirtualClock()
  const seen: Seen[] = []
  const client = createClient({
    baseUrl: 'http://server',
    operations,
    clock,
    random: createSeededRandom(1),
    fetch: async (url, request) => {
      const each = { ...request, url, at: clock.now() }
      seen.push(each)
      return (reactions[Math.min(seen.length, reactions.length) - 1] as Reaction)(each, clock)
    },
    ...options,
  })
  return { client, clock, seen }
}

function responding(
  status: number,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): FetchResponse {
  const all: Readonly<Record<string, string>> = { 'content-type': 'application/json', ...headers }
  return {
    status,
    statusText: '',
    headers: { get: (name) => all[name] ?? null },
    text: () => Promise.resolve(body),
  }
}

const good: Reaction = () => responding(200, '{"n":1}')
const away: Reaction = () =>
  Promise.reject(new TypeError('fetch failed', { cause: { code: 'ECONNREFUSED' } }))
const busy: Reaction = () => responding(503, '')
/** As `fetch` does: settles when the signal aborts, with its reason. */
const hanging: Reaction = ({ signal }) =>
  new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)))
/** As a badly written `fetch` does. */
const deaf: Reaction = () => new Promise(() => {})
const after =
  (ms: number, reaction: Reaction): Reaction =>
  async (seen, clock) => {
    await clock.sleep(ms)
    return reaction(seen, clock)
  }

describe('a query', () => {
  it.each([
    ['no answer came', away],
    ['502', () => responding(502, '<html>')],
    ['503', busy],
    [
      'the answer was cut off',
      () => ({ ...responding(200, ''), text: () => Promise.reject(new TypeError('terminated')) }),
    ],
  ] as [string, Reaction][])('is tried again: %s', async (_, reaction) => {
    const { client, clock, seen } = bench([reaction, reaction, good])
    await expect(clock.drive(client.get({ id: 'x' }))).resolves.toEqual({ n: 1 })
    expect(seen).toHaveLength(3)
  })

  it.each([
    ['500', () => responding(500, '')],
    ['504', () => responding(504, '')],
    ['429', () => responding(429, '')],
    ['400', () => responding(400, '')],
    ['an unreadable answer', () => responding(200, '<html>', { 'content-type': 'text/html' })],
  ] as [string, Reaction][])('is not tried again: %s', async (_, reaction) => {
    const { client, clock, seen } = bench([reaction, good])
    await expect(clock.drive(client.get({ id: 'x' }))).rejects.toThrow('FUL-')
    expect(seen).toHaveLength(1)
  })

  it('is tried three times, or as often as the client says', async () => {
    const three = bench([away])
    await expect(three.clock.drive(three.client.get({ id: 'x' }))).rejects.toMatchObject({ code: 'FUL-7502' })
    expect(three.seen).toHaveLength(3)
    const once = bench([away], { attempts: 1 })
    await expect(once.clock.drive(once.client.get({ id: 'x' }))).rejects.toThrow('ECONNREFUSED')
    expect(once.seen).toHaveLength(1)
  })

  it('is one by kind, not by method', async () => {
    const { client, clock, seen } = bench([away, () => responding(200, '7')])
    await expect(clock.drive(client.search({ text: 'x' }))).resolves.toBe(7)
    expect(seen.map(({ method }) => method)).toEqual(['POST', 'POST'])
  })

  it('waits with full jitter, longer each time, up to two seconds', async () => {
    const waits: number[][] = []
    for (let seed = 1; seed <= 40; seed++) {
      const { client, clock, seen } = bench([busy], { attempts: 8, random: createSeededRandom(seed) })
      await expect(clock.drive(client.get({ id: 'x' }))).rejects.toThrow('FUL-7504')
      waits.push(seen.slice(1).map(({ at }, index) => at - (seen[index] as Seen).at))
    }
    for (const [index, longest] of [100, 200, 400, 800, 1600, 2000, 2000].entries()) {
      const nth = waits.map((each) => each[index] as number).toSorted((a, b) => a - b)
      expect(nth[0]).toBeLessThan(longest / 4)
      expect(nth.at(-1)).toBeGreaterThan((longest * 3) / 4)
      expect(nth.at(-1)).toBeLessThanOrEqual(longest)
    }
  })

  it('does not come back before Retry-After', async () => {
    const { client, clock, seen } = bench([() => responding(503, '', { 'retry-after': '3' }), good])
    await clock.drive(client.get({ id: 'x' }))
    expect(seen[1]?.at).toBeGreaterThanOrEqual(3000)
    expect(seen[1]?.at).toBeLessThanOrEqual(3100)
  })

  it('understands Retry-After as a date', async () => {
    const clock = createVirtualClock({ start: Date.UTC(2026, 0, 1) })
    const date = new Date(Date.UTC(2026, 0, 1, 0, 0, 5)).toUTCString()
    const { client, seen } = bench([() => responding(503, '', { 'retry-after': date }), good], { clock })
    await clock.drive(client.get({ id: 'x' }))
    expect(seen).toHaveLength(2)
    expect(clock.now()).toBeGreaterThanOrEqual(5000)
  })

  it('gives up at once when there is no time left to wait', async () => {
    const { client, clock, seen } = bench([() => responding(503, '', { 'retry-after': '3' }), good])
    await expect(clock.drive(client.get({ id: 'x' }, { deadline: '2s' }))).rejects.toMatchObject({
      status: 503,
    })
    expect(seen).toHaveLength(1)
    expect(clock.now()).toBe(0)
  })
})

describe('a command', () => {
  it.each([
    ['no answer came', away, 'FUL-7502'],
    ['502', () => responding(502, ''), 'FUL-7504'],
    ['503', busy, 'FUL-7504'],
    [
      'the answer was cut off',
      () => ({ ...responding(200, ''), text: () => Promise.reject(new TypeError('x')) }),
      'FUL-7503',
    ],
  ] as [string, Reaction, string][])('is never tried again: %s', async (_, reaction, code) => {
    const { client, clock, seen } = bench([reaction, good])
    await expect(clock.drive(client.change({ id: 'x' }))).rejects.toMatchObject({ code })
    expect(seen).toHaveLength(1)
  })

  it('says that it may have been carried out when no answer came', async () => {
    const { client, clock } = bench([away])
    await expect(clock.drive(client.change({ id: 'x' }))).rejects.toThrow(
      'Whether the command was carried out is unknown',
    )
  })

  it('has an idempotency key of its own, as a structured string', async () => {
    const { client, clock, seen } = bench([good])
    await clock.drive(client.pay({ id: 'x' }))
    await clock.drive(client.pay({ id: 'x' }))
    const keys = seen.map(({ headers }) => headers['idempotency-key'])
    expect(keys[0]).toMatch(/^"[0-9a-f-]{36}"$/)
    expect(keys[0]).not.toBe(keys[1])
  })

  it('sends no key where none is asked for', async () => {
    const { client, clock, seen } = bench([good])
    await clock.drive(client.change({ id: 'x' }))
    expect(seen[0]?.headers).not.toHaveProperty('idempotency-key')
  })

  const inFlight: Reaction = () =>
    responding(409, '{"title":"x","status":409,"code":"FUL-2016"}', {
      'content-type': 'application/problem+json',
    })
  it.each([
    ['no answer came', away],
    ['503', () => responding(503, '')],
    ['the same call is still running', inFlight],
  ] as [string, Reaction][])(
    'is tried again with the same key where it takes effect once: %s',
    async (_, reaction) => {
      const { client, clock, seen } = bench([reaction, good])
      await expect(clock.drive(client.pay({ id: 'x' }))).resolves.toEqual({ n: 1 })
      const [first, second] = seen.map(({ headers }) => headers['idempotency-key'])
      expect(second).toBe(first)
    },
  )

  it('takes the key of the caller', async () => {
    const { client, clock, seen } = bench([good])
    await clock.drive(client.pay({ id: 'x' }, { idempotencyKey: 'a "b" \\' }))
    expect(seen[0]?.headers['idempotency-key']).toBe(String.raw`"a \"b\" \\"`)
  })
})

describe('a deadline', () => {
  it.each([
    ['while nothing answers', hanging],
    ['when fetch does not heed the signal', deaf],
    [
      'while the body is coming',
      () => ({ ...responding(200, ''), text: () => new Promise<string>(() => {}) }),
    ],
  ] as [string, Reaction][])('ends the call %s', async (_, reaction) => {
    const { client, clock } = bench([reaction])
    const call = client.get({ id: 'x' }, { deadline: '250ms' })
    await expect(clock.drive(call)).rejects.toMatchObject({
      code: 'FUL-3001',
      operation: 'a.get',
      params: { budget: '250ms' },
    })
    expect(clock.now()).toBe(250)
  })

  it('holds for all attempts together', async () => {
    const { client, clock, seen } = bench([after(100, away), hanging])
    await expect(clock.drive(client.get({ id: 'x' }, { deadline: '500ms' }))).rejects.toMatchObject({
      code: 'FUL-3001',
    })
    expect(seen).toHaveLength(2)
    expect(clock.now()).toBe(500)
  })

  it('is told to the server, less with each attempt', async () => {
    const { client, clock, seen } = bench([after(100, busy), good])
    await clock.drive(client.get({ id: 'x' }, { deadline: '1s' }))
    expect(seen[0]?.headers['fulcrum-deadline']).toBe('1s')
    const left = Number(/^(\d+)ms$/.exec(seen[1]?.headers['fulcrum-deadline'] ?? '')?.[1])
    expect(left).toBeLessThanOrEqual(900)
    expect(left).toBeGreaterThanOrEqual(799)
  })

  it('is that of the client where the call has none, and told as well', async () => {
    const { client, clock, seen } = bench([hanging], { deadline: '2s' })
    await expect(clock.drive(client.get({ id: 'x' }))).rejects.toMatchObject({ code: 'FUL-3001' })
    expect(clock.now()).toBe(2000)
    expect(seen[0]?.headers['fulcrum-deadline']).toBe('2s')
  })

  it('is thirty seconds otherwise, and not told', async () => {
    const { client, clock, seen } = bench([hanging])
    await expect(clock.drive(client.get({ id: 'x' }))).rejects.toMatchObject({ code: 'FUL-3001' })
    expect(clock.now()).toBe(30_000)
    expect(seen[0]?.headers).not.toHaveProperty('fulcrum-deadline')
  })

  it('covers headers that take their time', async () => {
    const { client, clock, seen } = bench([good], { headers: () => new Promise(() => {}) })
    await expect(clock.drive(client.get({ id: 'x' }, { deadline: '1s' }))).rejects.toMatchObject({
      code: 'FUL-3001',
    })
    expect(seen).toEqual([])
  })

  it('leaves no timer behind', async () => {
    const { client, clock } = bench([busy, good])
    await clock.drive(client.get({ id: 'x' }, { deadline: '5s' }))
    expect(clock.pending).toBe(0)
  })
})

describe("the caller's signal", () => {
  it('ends the call, whatever it is doing', async () => {
    const controller = new AbortController()
    const { client, clock } = bench([hanging])
    const call = client.get({ id: 'x' }, { signal: controller.signal })
    clock.timer(40, () => controller.abort(new Error('left')))
    await expect(clock.drive(call)).rejects.toMatchObject({ code: 'FUL-2010', cause: { message: 'left' } })
    expect(clock.now()).toBe(40)
  })

  it('ends the wait between attempts', async () => {
    const controller = new AbortController()
    const { client, clock, seen } = bench([() => responding(503, '', { 'retry-after': '9' })])
    const call = client.get({ id: 'x' }, { signal: controller.signal })
    clock.timer(40, () => controller.abort())
    await expect(clock.drive(call)).rejects.toMatchObject({ code: 'FUL-2010' })
    expect(seen).toHaveLength(1)
  })

  it('keeps a call from being sent when it has aborted before', async () => {
    const { client, clock, seen } = bench([good])
    await expect(clock.drive(client.get({ id: 'x' }, { signal: AbortSignal.abort() }))).rejects.toThrow(
      'FUL-2010',
    )
    expect(seen).toEqual([])
  })
})

describe('headers', () => {
  it('come from the client, then from the call', async () => {
    const headers = { Authorization: 'Bearer 1', 'X-Customer-Id': 'a' }
    const { client, clock, seen } = bench([good], { headers })
    await clock.drive(
      client.get({ id: 'x' }, { headers: { 'x-customer-id': 'b' }, traceparent: '00-1-2-01' }),
    )
    expect(seen[0]?.headers).toEqual({
      accept: 'application/json',
      authorization: 'Bearer 1',
      'x-customer-id': 'b',
      traceparent: '00-1-2-01',
    })
  })

  it('are asked for again with every attempt', async () => {
    let asked = 0
    const { client, clock, seen } = bench([busy, good], {
      headers: async () => ({ authorization: `Bearer ${++asked}` }),
    })
    await clock.drive(client.get({ id: 'x' }))
    expect(seen.map((each) => each.headers['authorization'])).toEqual(['Bearer 1', 'Bearer 2'])
  })

  it.each([{ 'x y': '1' }, { x: 'a\r\nb: c' }, { x: 'é€' }, { x: 1 as unknown as string }])(
    'that HTTP cannot carry are refused: %o',
    async (headers) => {
      const { client, clock, seen } = bench([good])
      await expect(clock.drive(client.get({ id: 'x' }, { headers }))).rejects.toMatchObject({
        code: 'FUL-7505',
      })
      expect(seen).toEqual([])
    },
  )

  it('carry the version that the caller expects', async () => {
    const { client, clock, seen } = bench([good])
    await clock.drive(client.change({ id: 'x' }, { ifMatch: '"7"' }))
    expect(seen[0]?.headers['if-match']).toBe('"7"')
  })
})

describe('the session', () => {
  it('carries what the server gave out', async () => {
    const { client, clock, seen } = bench([() => responding(200, '{"n":1}', { 'fulcrum-token': 't1' }), good])
    await clock.drive(client.change({ id: 'x' }))
    await clock.drive(client.get({ id: 'x' }))
    expect(seen.map(({ headers }) => headers['fulcrum-token'])).toEqual([undefined, 't1'])
  })

  it('also learns from errors', async () => {
    const { client, clock, seen } = bench([() => responding(409, '', { 'fulcrum-token': 't1' }), good])
    await expect(clock.drive(client.change({ id: 'x' }))).rejects.toThrow('FUL-')
    await clock.drive(client.get({ id: 'x' }))
    expect(seen[1]?.headers['fulcrum-token']).toBe('t1')
  })

  it('may be that of the call', async () => {
    const session = createSession(['theirs'])
    const { client, clock, seen } = bench([() => responding(200, '{"n":1}', { 'fulcrum-token': 't1' }), good])
    await clock.drive(client.get({ id: 'x' }, { session }))
    await clock.drive(client.get({ id: 'x' }))
    expect(session.tokens).toEqual(['t1'])
    expect(seen.map(({ headers }) => headers['fulcrum-token'])).toEqual(['theirs', undefined])
  })
})

describe('the client', () => {
  it('has the queries and commands that it is given, and those among the exports of modules', () => {
    const exports = { get, Schema: z.string(), tag: Object.assign(() => 1, { kind: 'tag' }), count: 1 }
    const client = createClient({
      baseUrl: 'http://server',
      operations: { change, catalog: exports, nothing: {}, n: 1 },
    })
    expect(Object.keys(client)).toEqual(['change', 'catalog'])
    expect(Object.keys(client.catalog)).toEqual(['get'])
  })

  it('answers with the version and the source on request', async () => {
    const headers = { etag: '"7"', 'fulcrum-source': 'primary', 'x-request-id': 'r1' }
    const { client, clock } = bench([() => responding(200, '{"n":1}', headers)])
    await expect(clock.drive(client.get.withMeta({ id: 'x' }))).resolves.toEqual({
      data: { n: 1 },
      status: 200,
      etag: '"7"',
      source: 'primary',
      requestId: 'r1',
    })
  })

  it('refuses to call what has no route', async () => {
    const { client, clock } = bench([good])
    await expect(clock.drive(client.hidden())).rejects.toMatchObject({
      code: 'FUL-7500',
      operation: 'a.hidden',
    })
  })

  it.each([
    ['http://server/', 'http://server/a/x'],
    ['http://server/base/', 'http://server/base/a/x'],
    [new URL('https://server:1/base'), 'https://server:1/base/a/x'],
    ['/api', '/api/a/x'],
    ['', '/a/x'],
  ])('is at %s', async (baseUrl, url) => {
    const { client, clock, seen } = bench([good], { baseUrl })
    await clock.drive(client.get({ id: 'x' }))
    expect(seen[0]?.url).toBe(url)
  })

  it.each([
    'ftp://server',
    'http://',
    'http://server/?a=1',
    'http://server/#x',
    'a b',
    'javascript:alert(1)',
  ])('is not at %s', (baseUrl) => {
    expect(() => bench([good], { baseUrl })).toThrow(
      expect.objectContaining({ code: 'FUL-7505', field: 'baseUrl' }),
    )
  })

  it('refuses options that do not exist', async () => {
    expect(() => bench([good], { attempts: 0 })).toThrow('FUL-7505')
    expect(() => bench([good], { deadline: '1 second' as never })).toThrow('FUL-7505')
    const { client, clock } = bench([good])
    await expect(clock.drive(client.get({ id: 'x' }, { deadline: '0ms' }))).rejects.toThrow('above 0')
    await expect(clock.drive(client.change({ id: 'x' }, { idempotencyKey: '' }))).rejects.toThrow('FUL-7505')
  })

  it('names the server, not the path, when no answer comes', async () => {
    const { client, clock } = bench([away], { attempts: 1 })
    await expect(clock.drive(client.get({ id: 'secret' }))).rejects.toThrow(
      'FUL-7502 a.get: No answer came from server: ECONNREFUSED.',
    )
  })
})
