import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ProbeApp, probeApp } from '../probe-app.ts'
import type { StartTarget, Target } from './target.ts'

/** What a server answers that leaves nothing to an application around it. */
export function unmatchedConformance(name: string, start: StartTarget): void {
  describe(`what no operation answers, through ${name}`, () => {
    let probe: ProbeApp
    let target: Target

    beforeAll(async () => {
      probe = await probeApp({ http: { bodyLimit: '1KB' } })
      target = await start(probe)
    })
    afterAll(async () => {
      await target.close()
      await probe.app.close()
    })

    it('answers 404 for an unknown path', async () => {
      const response = await target.send({ path: '/nowhere?x=1' })
      expect(response.status).toBe(404)
      expect(await response.json()).toMatchObject({
        code: 'FUL-2002',
        detail: 'No operation answers GET /nowhere.',
      })
    })

    it('tells the methods of a path', async () => {
      const response = await target.send({ method: 'OPTIONS', path: '/things/7' })
      expect([response.status, response.headers.get('allow')]).toEqual([204, 'PATCH, DELETE, OPTIONS'])
    })

    it.each(['/echo/%', '/echo/%zz', '/echo/%ff', '/echo/a%2'])(
      'refuses the malformed path %s',
      async (path) => {
        const response = await target.send({ path })
        expect(response.status).toBe(400)
        expect(await response.json()).toMatchObject({ code: 'FUL-2007', status: 400 })
      },
    )

    it('answers 405 with the methods that there are', async () => {
      const response = await target.send({ method: 'POST', path: '/echo/1' })
      expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, HEAD, OPTIONS'])
      expect(await response.json()).toMatchObject({ code: 'FUL-2003', allow: ['GET', 'HEAD', 'OPTIONS'] })
    })

    it('has routes for orchestrators, monitoring and developers', async () => {
      const read = async (path: string): Promise<[number, string | null, string]> => {
        const response = await target.send({ path })
        return [response.status, response.headers.get('content-type'), await response.text()]
      }
      expect(await read('/healthz')).toEqual([200, 'application/json; charset=utf-8', '{"alive":true}'])
      const [status, , readiness] = await read('/readyz')
      expect([status, JSON.parse(readiness)]).toMatchObject([200, { ready: true, state: 'running' }])
      const [, type, metrics] = await read('/metrics')
      expect(type).toBe('text/plain; version=0.0.4; charset=utf-8')
      expect(metrics).toContain('fulcrum_')
      const [, , openapi] = await read('/openapi.json')
      expect(JSON.parse(openapi)).toMatchObject({ openapi: expect.stringMatching(/^3\.1/) as string })
    })

    it('lets the documentation run its own styles and scripts only', async () => {
      const response = await target.send({ path: '/docs' })
      expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8')
      expect(response.headers.get('content-security-policy')).toMatch(
        /^default-src 'none'; style-src 'sha256-/,
      )
    })

    it('refuses bodies over the limit, announced or not', async () => {
      const body = JSON.stringify({ name: 'x'.repeat(2000), size: 1 })
      const stream = new Blob([body]).stream() as ReadableStream<Uint8Array>
      for (const sent of [body, stream]) {
        const response = await target.send({
          method: 'POST',
          path: '/things',
          headers: { 'content-type': 'application/json' },
          body: sent,
        })
        expect(response.status).toBe(413)
        expect(await response.json()).toMatchObject({
          code: 'FUL-2005',
          detail: expect.stringContaining('1KB') as string,
        })
      }
    })
  })
}
