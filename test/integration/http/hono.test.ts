import { toFetchHandler } from 'fulcrum/http'
import { Hono } from 'hono'
import { mount } from 'hono/mount'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ProbeApp, probeApp } from './probe-app.ts'

describe('an existing application of fetch handlers', () => {
  let probe: ProbeApp

  beforeAll(async () => {
    probe = await probeApp({
      principal: ({ raw }) => ({ id: (raw as Request).headers.get('x-user') ?? 'nobody' }),
    })
  })
  afterAll(() => probe.app.close())

  it('answers what no operation matches itself', async () => {
    const handler = toFetchHandler(probe.app, { fallback: (request) => new Response(`own ${request.url}`) })
    expect(await (await handler(new Request('http://x/healthz'))).text()).toBe('own http://x/healthz')
    expect(await (await handler(new Request('http://x/echo/1?limit=3'))).json()).toEqual({
      id: '1',
      limit: 3,
    })
  })

  it('hands its request to the principal resolver', async () => {
    const hono = new Hono().all('/api/*', mount(toFetchHandler(probe.app)))
    const response = await hono.request('/api/whoami', { headers: { 'x-user': 'ada' } })
    expect(await response.json()).toEqual({ principal: { id: 'ada' } })
  })

  it('is told when the body has been read before', async () => {
    const request = new Request('http://x/things', { method: 'POST', body: '{}' })
    await request.text()
    const response = await toFetchHandler(probe.app)(request)
    expect(await response.json()).toMatchObject({ code: 'FUL-7002' })
  })

  it('stops reading a body that never ends', async () => {
    let cancelled = false
    const endless = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(new Uint8Array(65_536)),
      cancel: () => void (cancelled = true),
    })
    const init = { method: 'POST', body: endless, duplex: 'half' as const }
    const response = await toFetchHandler(probe.app)(new Request('http://x/things', init))
    expect([response.status, cancelled]).toEqual([413, true])
  })
})
