import fc from 'fast-check'
import { type RunningServer, serve } from 'fulcrum/http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ProbeApp, probeApp } from './probe-app.ts'
import { RawSocket } from './raw-socket.ts'

const HOST = 'Host: probe\r\n'

describe('the Fastify server on bare sockets', () => {
  let probe: ProbeApp
  let server: RunningServer

  beforeAll(async () => {
    probe = await probeApp()
    server = await serve(probe.app, { port: 0 })
  })
  afterAll(async () => {
    await server.close()
    await probe.app.close()
  })

  it.each([
    ['nonsense', 'hello\r\n\r\n'],
    ['an unknown method', `FETCH /echo/1 HTTP/1.1\r\n${HOST}\r\n`],
    ['bytes in the path', `GET /echo/\xff HTTP/1.1\r\n${HOST}\r\n`],
    ['two lengths', `POST /things HTTP/1.1\r\n${HOST}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}`],
    [
      'a length and chunks',
      `POST /things HTTP/1.1\r\n${HOST}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}`,
    ],
    ['a blank in a header name', `GET /echo/1 HTTP/1.1\r\n${HOST}X Y: 1\r\n\r\n`],
    ['a broken chunk', `POST /things HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\nzz\r\n`],
  ])('answers %s with 400 and closes', async (_, text) => {
    using socket = new RawSocket(server.url).write(text)
    await expect.poll(() => socket.closed).toBe(true)
    expect(socket.statuses.slice(0, 1)).toEqual([400])
  })

  it('says in a problem document what is wrong with the message', async () => {
    using socket = new RawSocket(server.url).write('hello\r\n\r\n')
    await expect.poll(() => socket.closed).toBe(true)
    const [head, body] = socket.received.split('\r\n\r\n') as [string, string]
    expect(head).toContain('content-type: application/problem+json')
    expect(JSON.parse(body)).toMatchObject({ status: 400, code: 'FUL-2007' })
  })

  it.each(['QUERY', 'TRACE', 'PROPFIND', 'PUT'])(
    'answers %s, which no operation has, with 405',
    async (method) => {
      using socket = new RawSocket(server.url).write(`${method} /echo/1 HTTP/1.1\r\n${HOST}\r\n`)
      await expect.poll(() => socket.statuses).toEqual([405])
      expect(socket.received).toContain('allow: GET, HEAD, OPTIONS')
    },
  )

  it('does not answer nonsense in the place of a request in flight', async () => {
    using socket = new RawSocket(server.url).write(`GET /slow?note=before HTTP/1.1\r\n${HOST}\r\n`)
    await expect.poll(() => probe.slowCalls.started).toContain('before')
    socket.write('hello\r\n\r\n')
    await expect.poll(() => socket.closed).toBe(true)
    expect(socket.received).toBe('')
  })

  it('answers 431 to endless headers', async () => {
    using socket = new RawSocket(server.url).write(
      `GET /echo/1 HTTP/1.1\r\n${HOST}X-A: ${'a'.repeat(20_000)}\r\n\r\n`,
    )
    await expect.poll(() => socket.closed).toBe(true)
    expect(socket.received).toMatch(/^HTTP\/1\.1 431 .*FUL-2011/s)
  })

  it('refuses contradicting headers', async () => {
    const twice = 'Content-Type: application/json\r\nContent-Type: text/plain\r\n'
    using socket = new RawSocket(server.url)
    socket.write(`POST /things HTTP/1.1\r\n${HOST}${twice}Content-Length: 2\r\n\r\n{}`)
    await expect.poll(() => socket.statuses).toEqual([400])
    expect(socket.received).toContain('header content-type')
  })

  it('refuses a malformed media type in a problem document', async () => {
    using socket = new RawSocket(server.url)
    socket.write(`POST /things HTTP/1.1\r\n${HOST}Content-Type: ;;\r\nContent-Length: 2\r\n\r\n{}`)
    await expect.poll(() => socket.statuses).toEqual([415])
    expect(socket.received).toContain('FUL-2006')
  })

  it('answers requests that come together in their order, on one connection', async () => {
    using socket = new RawSocket(server.url)
    socket.write([1, 2, 3].map((id) => `GET /echo/${id} HTTP/1.1\r\n${HOST}\r\n`).join(''))
    await expect.poll(() => socket.statuses).toEqual([200, 200, 200])
    expect(Array.from(socket.received.matchAll(/"id":"(\d)"/g), ([, id]) => id)).toEqual(['1', '2', '3'])
  })

  it('reads a body that comes byte by byte', async () => {
    using socket = new RawSocket(server.url)
    const body = '{"name":"box","size":1}'
    socket.write(
      `POST /things HTTP/1.1\r\n${HOST}Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n`,
    )
    for (const char of body) socket.write(`1\r\n${char}\r\n`)
    socket.write('0\r\n\r\n')
    await expect.poll(() => socket.statuses).toEqual([201])
  })

  it('takes invalid UTF-8 in a body for a malformed request', async () => {
    using socket = new RawSocket(server.url)
    const body = '{"name":"\xff\xfe","size":1}'
    socket.write(
      `POST /things HTTP/1.1\r\n${HOST}Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`,
    )
    socket.write(body)
    await expect.poll(() => socket.statuses).toEqual([400])
    expect(socket.received).toContain('it is not UTF-8')
  })

  it('refuses compressed bodies and says that it takes plain ones', async () => {
    using socket = new RawSocket(server.url)
    const headers = 'Content-Type: application/json\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n'
    socket.write(`POST /things HTTP/1.1\r\n${HOST}${headers}\r\n{}`)
    await expect.poll(() => socket.statuses).toEqual([415])
    expect(socket.received).toContain('accept-encoding: identity')
  })

  it('answers 413 even to a client that only listens once it has sent everything', async () => {
    using socket = new RawSocket(server.url)
    const length = 3 * 1024 * 1024
    socket.write(
      `POST /things HTTP/1.1\r\n${HOST}Content-Type: application/json\r\nContent-Length: ${length}\r\n\r\n`,
    )
    socket.write(' '.repeat(length))
    await expect.poll(() => socket.statuses).toEqual([413])
    await expect.poll(() => socket.closed).toBe(true)
  })

  it('does not wait for what is announced beyond all measure', async () => {
    using socket = new RawSocket(server.url)
    socket.write(
      `POST /things HTTP/1.1\r\n${HOST}Content-Type: application/json\r\nContent-Length: 1${'0'.repeat(12)}\r\n\r\n`,
    )
    await expect.poll(() => socket.statuses).toEqual([413])
    await expect.poll(() => socket.closed).toBe(true)
  })

  it('cuts off what never ends', async () => {
    using socket = new RawSocket(server.url)
    socket.write(
      `POST /things HTTP/1.1\r\n${HOST}Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n`,
    )
    const chunk = `100000\r\n${' '.repeat(0x10_0000)}\r\n`
    for (let megabytes = 0; megabytes < 64 && !socket.closed; megabytes++) {
      socket.write(chunk)
      await new Promise((resolve) => void setImmediate(resolve))
    }
    await expect.poll(() => socket.closed).toBe(true)
  })

  it('ends the call of a caller who hangs up, and no other', async () => {
    const before = probe.slowCalls.aborted.length
    using staying = new RawSocket(server.url).write(
      `GET /slow?note=stays HTTP/1.1\r\n${HOST}Fulcrum-Deadline: 2s\r\n\r\n`,
    )
    const leaving = new RawSocket(server.url).write(`GET /slow?note=leaves HTTP/1.1\r\n${HOST}\r\n`)
    await expect.poll(() => probe.slowCalls.started).toEqual(expect.arrayContaining(['stays', 'leaves']))
    leaving[Symbol.dispose]()
    await expect.poll(() => probe.slowCalls.aborted.slice(before)).toEqual(['Aborted'])
    await expect.poll(() => staying.statuses, { timeout: 4000 }).toEqual([504])
  })

  it('survives a caller who leaves in the middle of a body', async () => {
    const socket = new RawSocket(server.url)
    socket.write(
      `POST /things HTTP/1.1\r\n${HOST}Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{"na`,
    )
    await new Promise((resolve) => void setTimeout(resolve, 20))
    socket[Symbol.dispose]()
    expect((await fetch(`${server.url}/echo/1`)).status).toBe(200)
    expect(probe.log.filter((line) => line.includes('probe.create'))).toEqual([])
  })

  it(
    'never answers 500, whatever the path, the query, the headers and the body are',
    { timeout: 60_000 },
    async () => {
      const visible = fc.stringMatching(/^[\x21-\x7e]{0,40}$/)
      const value = fc.stringMatching(/^[\x20-\x7e]{0,40}$/)
      const names = [
        'accept',
        'content-type',
        'content-encoding',
        'fulcrum-deadline',
        'x-request-timeout',
        'grpc-timeout',
        'if-match',
        'x-request-id',
        'traceparent',
        'origin',
      ]
      const request = fc.record({
        method: fc.constantFrom('GET', 'POST', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'PUT'),
        path: fc.oneof(
          visible,
          visible.map((text) => `echo/${text}`),
          visible.map((text) => `things/${text}`),
          fc.constant('things'),
        ),
        query: visible,
        headers: fc.array(fc.tuple(fc.constantFrom(...names), value), { maxLength: 4 }),
        body: fc.oneof(fc.string(), fc.json(), fc.string({ unit: 'binary' })),
      })
      await fc.assert(
        fc.asyncProperty(request, async ({ method, path, query, headers, body }) => {
          using socket = new RawSocket(server.url)
          const bytes = Buffer.from(body).toString('latin1')
          const lines = headers.map(([name, text]) => `${name}: ${text}\r\n`).join('')
          socket.write(
            `${method} /${path}?${query} HTTP/1.1\r\n${HOST}Connection: close\r\n${lines}Content-Length: ${bytes.length}\r\n\r\n${bytes}`,
          )
          await expect.poll(() => socket.closed, { interval: 1 }).toBe(true)
          expect(socket.statuses[0]).toBeGreaterThanOrEqual(200)
          // 504: the headers may leave the call no time.
          expect([500, 501, 502, 503]).not.toContain(socket.statuses[0])
        }),
        { numRuns: 300 },
      )
    },
  )
})
