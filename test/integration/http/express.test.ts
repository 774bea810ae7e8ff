import express, { type ErrorRequestHandler, type Express, type RequestHandler } from 'express'
import { toNodeHandler } from 'fulcrum/http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ProbeApp, probeApp } from './probe-app.ts'
import { listening } from './targets.ts'

const JSON_HEADERS = { 'content-type': 'application/json' }

describe('an existing Express application', () => {
  let probe: ProbeApp
  const closers: (() => Promise<void>)[] = []

  beforeAll(async () => {
    probe = await probeApp({ principal: ({ raw }) => (raw as { user?: { id: string } }).user })
  })
  afterAll(async () => {
    for (const close of closers) await close()
    await probe.app.close()
  })

  async function start(build: (application: Express) => void): Promise<string> {
    const application = express()
    build(application)
    const { url, close } = await listening(application)
    closers.push(close)
    return url
  }

  const own: RequestHandler = (request, response) =>
    void response.json({ own: `${request.method} ${request.path}` })

  it('keeps every route that is not an operation, of any method, and its own health check', async () => {
    const url = await start((application) => application.use(toNodeHandler(probe.app)).use(own))
    for (const [method, path] of [
      ['GET', '/legacy'],
      ['PUT', '/echo/1'],
      ['GET', '/healthz'],
      ['GET', '/docs'],
      ['OPTIONS', '/echo/1'],
      ['GET', '/echo/%zz'],
    ] as const) {
      expect(await (await fetch(url + path, { method })).json()).toEqual({ own: `${method} ${path}` })
    }
    expect(await (await fetch(`${url}/echo/1`)).json()).toEqual({ id: '1', limit: 20 })
  })

  it('answers problems for what it does not know when asked to', async () => {
    const url = await start((application) => {
      application.use('/api', toNodeHandler(probe.app, { onUnmatched: 'problem' })).use(own)
    })
    expect((await fetch(`${url}/api/nowhere`)).status).toBe(404)
    expect((await fetch(`${url}/api/healthz`)).status).toBe(200)
    expect(await (await fetch(`${url}/healthz`)).json()).toEqual({ own: 'GET /healthz' })
  })

  it('hands errors to its own error handler when asked to', async () => {
    const seen: unknown[] = []
    const onError: ErrorRequestHandler = (
      error: Error & { status: number; code: string },
      _,
      response,
      _next,
    ) => {
      seen.push(error.message)
      response.status(error.status).json({ mine: error.code })
    }
    const url = await start((application) => {
      application.use(toNodeHandler(probe.app, { onError: 'next' })).use(onError)
    })
    const taken = await fetch(`${url}/things/1`, {
      method: 'PATCH',
      headers: JSON_HEADERS,
      body: '{"name":"taken"}',
    })
    expect([taken.status, await taken.json()]).toEqual([409, { mine: 'probe.Taken' }])
    const invalid = await fetch(`${url}/numbered/x/y`)
    expect([invalid.status, await invalid.json()]).toEqual([400, { mine: 'FUL-2001' }])
    expect((await fetch(`${url}/echo/1`)).status).toBe(200)
    expect(seen).toHaveLength(2)
  })

  it.each([
    ['parsed', express.json()],
    ['read as text', express.text({ type: '*/*' })],
    ['read as bytes', express.raw({ type: '*/*' })],
    [
      'not read',
      own.bind(undefined) && ((_request: unknown, _response: unknown, next: () => void) => next()),
    ],
  ] as [string, RequestHandler][])('may have the body %s before', async (_, parser) => {
    const url = await start((application) => application.use(parser).use(toNodeHandler(probe.app)))
    const send = (body: string, type = 'application/json'): Promise<Response> =>
      fetch(`${url}/things`, { method: 'POST', headers: { 'content-type': type }, body })
    expect(await (await send('{"name":"ä","size":1}')).json()).toEqual({ name: 'ä', size: 1 })
    expect((await send('{"name":"ä","size":"1"}')).status).toBe(400)
    expect((await send('{"name":"a","size":1,"extra":{"__proto__":{"admin":true}}}')).status).toBe(400)
    expect((await send('name=a&size=1', 'application/x-www-form-urlencoded')).status).toBe(415)
    const empty = await fetch(`${url}/things`, { method: 'POST' })
    expect(await empty.json()).toMatchObject({ code: 'FUL-2001' })
  })

  it('is told when its middleware has eaten the body', async () => {
    const eat: RequestHandler = (request, _, next) => void request.resume().once('end', () => next())
    const url = await start((application) => application.use(eat).use(toNodeHandler(probe.app)))
    const response = await fetch(`${url}/things`, { method: 'POST', headers: JSON_HEADERS, body: '{}' })
    expect(await response.json()).toMatchObject({ status: 500, code: 'FUL-7002' })
  })

  it('says who calls with what its own middleware found out, and keeps the headers that it set', async () => {
    const authenticate: RequestHandler = (request, response, next) => {
      Object.assign(request, { user: { id: 'ada' } })
      response.setHeader('x-frame-options', 'DENY')
      next()
    }
    const url = await start((application) => application.use(authenticate).use(toNodeHandler(probe.app)))
    const response = await fetch(`${url}/whoami`)
    expect(await response.json()).toEqual({ principal: { id: 'ada' } })
    expect(response.headers.get('x-frame-options')).toBe('DENY')
  })
})
