import { createServer } from 'node:net'
import { isFulcrumError } from '../../../packages/fulcrum/src/kernel/errors/fulcrum-error.ts'
import { serve } from 'fulcrum/http'
import { describe, expect, it } from 'vitest'
import { probeApp } from './probe-app.ts'
import { RawSocket } from './raw-socket.ts'

const HOST = 'Host: probe\r\n'

describe('the Fastify server', () => {
  it('finishes requests in flight while it closes, and ends idle connections at once', async () => {
    const probe = await probeApp()
    const server = await serve(probe.app, { port: 0 })
    using idle = new RawSocket(server.url).write(`GET /echo/1 HTTP/1.1\r\n${HOST}\r\n`)
    await expect.poll(() => idle.statuses).toEqual([200])
    using busy = new RawSocket(server.url).write(
      `GET /slow HTTP/1.1\r\n${HOST}Fulcrum-Deadline: 300ms\r\n\r\n`,
    )
    await expect.poll(() => probe.slowCalls.started).toHaveLength(1)
    const closed = server.close()
    await expect.poll(() => idle.closed).toBe(true)
    expect(busy.closed).toBe(false)
    await closed
    await expect.poll(() => busy.statuses).toEqual([504])
    expect(busy.received).toMatch(/connection: close/i)
    await expect(fetch(server.url)).rejects.toThrow(/fetch failed/)
    await probe.app.close()
  })

  it('cuts off what is not finished after the limit', async () => {
    const probe = await probeApp()
    const server = await serve(probe.app, { port: 0 })
    using busy = new RawSocket(server.url).write(`GET /slow HTTP/1.1\r\n${HOST}\r\n`)
    await expect.poll(() => probe.slowCalls.started).toHaveLength(1)
    const started = performance.now()
    await server.close('50ms')
    expect(performance.now() - started).toBeLessThan(2000)
    await expect.poll(() => busy.closed).toBe(true)
    await expect.poll(() => probe.slowCalls.aborted).toEqual(['Aborted'])
    await Promise.all([server.close(), probe.app.close()])
  })

  it('answers 503 with Retry-After to what comes while the application drains', async () => {
    const probe = await probeApp()
    const server = await serve(probe.app, { port: 0 })
    await probe.app.close()
    const response = await fetch(`${server.url}/echo/1`)
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '1'])
    expect(await response.json()).toMatchObject({ code: 'FUL-3003' })
    expect((await fetch(`${server.url}/readyz`)).status).toBe(503)
    expect((await fetch(`${server.url}/healthz`)).status).toBe(200)
    await server.close()
  })

  it('says which port is taken, by its number', async () => {
    const probe = await probeApp()
    const holder = createServer()
    await new Promise<void>((resolve) => void holder.listen(0, '127.0.0.1', resolve))
    const { port } = holder.address() as { port: number }
    const error: unknown = await serve(probe.app, { port }).catch((reason: unknown) => reason)
    expect(isFulcrumError(error, 'FUL-7001')).toBe(true)
    expect(String(error)).toContain(`port ${port} of 127.0.0.1: another process listens there`)
    holder.close()
    await probe.app.close()
  })

  it('refuses settings that make no sense', async () => {
    for (const http of [
      { bodyLimit: '1 MB' as '1MB' },
      { cors: { origins: '*' as const, credentials: true } },
      { cors: { origins: ['https://shop.example/'] } },
      { cors: { origins: ['https://shop.example:443'] } },
      { cors: { origins: '*' as const, maxAge: '10' as '10s' } },
    ]) {
      await expect(probeApp({ http })).rejects.toThrow(/FUL-1012 .*(bodyLimit|cors)/)
    }
  })
})
