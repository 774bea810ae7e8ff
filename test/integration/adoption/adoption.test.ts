import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { waitFor } from '../../support/wait-for.ts'
import { Deployment } from './data.ts'
import type { Answer, Sent } from './service.ts'

let before: Deployment
let after: Deployment

beforeAll(async () => {
  ;[before, after] = await Promise.all([Deployment.start('before'), Deployment.start('after')])
})
afterAll(async () => {
  await before[Symbol.asyncDispose]()
  await after[Symbol.asyncDispose]()
})

const FIRST = 'd0000000-0000-4000-8000-000000000001'
const OF_ANOTHER = 'd0000000-0000-4000-8000-000000000002'

describe('what was not adopted behaves as before', () => {
  test.each<[string, string, Sent]>([
    ['a route before authentication', '/health', {}],
    ['an unknown route, without a token', '/nowhere', {}],
    ['an unknown route', '/nowhere', { token: 'bob' }],
    ['a method that only other operations have', '/tickets', { method: 'DELETE', token: 'bob' }],
    ['a new ticket that is invalid', '/tickets', { method: 'POST', token: 'bob', body: { subject: 'x' } }],
    ['a body that is no JSON', '/tickets', { method: 'POST', token: 'bob', body: '{' }],
    ['a command', `/tickets/${FIRST}/close`, { method: 'POST', token: 'bob' }],
    ["a command on somebody else's ticket", `/tickets/${OF_ANOTHER}/close`, { method: 'POST', token: 'bob' }],
    ['a command on no ticket', '/tickets/1/close', { method: 'POST', token: 'bob' }],
  ])('%s', async (_, path, sent) => {
    const [was, is] = await both(path, sent)
    expect({ status: is.status, body: is.body }).toEqual({ status: was.status, body: was.body })
    expect(is.headers['content-type']).toBe(was.headers['content-type'])
  })

  test('a new ticket is there for both', async () => {
    const subject = 'The lift is stuck'
    const [was, is] = await both('/tickets', { method: 'POST', token: 'bob', body: { subject } })
    const made = { id: expect.any(String) as string, subject, status: 'open' }
    expect([was.status, is.status, was.body, is.body]).toEqual([201, 201, made, made])
    const found = await after.service.request('/tickets?text=lift', { token: 'bob' })
    expect(found.body).toEqual([is.body])
  })
})

describe('the adopted operation', () => {
  test.each([
    ['all', '/tickets'],
    ['a text', '/tickets?text=printer'],
    ['a text with letters that mean something in URLs', '/tickets?text=on%20floor%204%25'],
    ['few', '/tickets?limit=3&text=coffee'],
    ['none', '/tickets?text=unicorn'],
  ])('finds what it found before: %s', async (_, path) => {
    const [was, is] = await both(path, { token: 'ada' })
    expect([is.status, is.body]).toEqual([200, was.body])
    expect(is.headers['fulcrum-source']).toBe('primary')
  })

  test('sees who is signed in, by the authentication of the application', async () => {
    const [ada, bob, nobody] = await Promise.all([
      after.service.request('/tickets?limit=100', { token: 'ada' }),
      after.service.request('/tickets?limit=100', { token: 'bob' }),
      after.service.request('/tickets', {}),
    ])
    const [first, second] = [ada.body, bob.body] as [{ id: string }[], { id: string }[]]
    expect(first.length).toBe(30)
    expect(first.some(({ id }) => second.some((other) => other.id === id))).toBe(false)
    expect(nobody).toMatchObject({ status: 401, body: { error: { code: 'unauthorized' } } })
  })

  test('hands wrong input to the error handler of the application', async () => {
    const { status, body } = await after.service.request('/tickets?limit=1000', { token: 'ada' })
    expect(status).toBe(400)
    expect(body).toEqual({ error: { code: 'FUL-2001', message: expect.stringContaining('limit') as string } })
  })

  test('hands a spent deadline to it too, and leaves no statement on the server', async () => {
    {
      await using _ = await after.holdTickets()
      const begun = performance.now()
      const { status, body } = await after.service.request('/tickets', { token: 'ada' })
      expect([status, body]).toEqual([
        504,
        { error: { code: 'FUL-3001', message: 'Please try again later.' } },
      ])
      expect(performance.now() - begun).toBeLessThan(2_000)
      await waitFor(async () => (await after.waiting()) === 0, {
        deadline: 2_000,
        what: 'the statement is cancelled',
      })
    }
    expect(after.service.output).toContain('504 FUL-3001 FUL-3001 tickets.search: ')
    expect((await after.service.request('/tickets', { token: 'ada' })).status).toBe(200)
  })

  test('answers within the time that the caller leaves, when that is shorter', async () => {
    await using _ = await after.holdTickets()
    const begun = performance.now()
    const headers = { 'fulcrum-deadline': '50ms' }
    expect((await after.service.request('/tickets', { token: 'ada', headers })).status).toBe(504)
    expect(performance.now() - begun).toBeLessThan(450)
  })

  test('holds one connection besides those of the pool', async () => {
    await after.service.request('/tickets', { token: 'ada' })
    const connections = await after.query<{ application_name: string }>(
      `select application_name from pg_stat_activity
       where datname = current_database() and backend_type = 'client backend' and application_name like 'fulcrum%'`,
    )
    expect(connections.map(({ application_name }) => application_name)).toEqual(['fulcrum control'])
  })

  test('does not run the pool of the application dry when the database stalls', async () => {
    {
      await using _ = await after.holdTickets()
      const many = Array.from({ length: 20 }, () => after.service.request('/tickets', { token: 'ada' }))
      expect(new Set((await Promise.all(many)).map(({ status }) => status))).toEqual(new Set([504]))
    }
    expect(
      (await after.service.request(`/tickets/${FIRST}/close`, { method: 'POST', token: 'bob' })).status,
    ).toBe(200)
  })
})

describe('ending', () => {
  test.each(['before', 'after'] as const)('it ends by itself: %s', async (version) => {
    await using deployment = await Deployment.start(version)
    expect((await deployment.service.request('/tickets', { token: 'ada' })).status).toBe(200)
    expect(await deployment.service.terminate()).toEqual({ code: 0, signal: null })
  })

  test('it finishes what is in flight', async () => {
    await using deployment = await Deployment.start('after')
    const hold = await deployment.holdTickets()
    const answer = deployment.service.request('/tickets', { token: 'ada' })
    await waitFor(async () => (await deployment.waiting()) === 1)
    const ended = deployment.service.terminate()
    await hold[Symbol.asyncDispose]()
    expect((await answer).status).toBe(200)
    expect(await ended).toEqual({ code: 0, signal: null })
  })
})

function both(path: string, sent: Sent): Promise<[Answer, Answer]> {
  return Promise.all([before.service.request(path, sent), after.service.request(path, sent)])
}
