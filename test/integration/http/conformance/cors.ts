import { afterAll, describe, expect, it } from 'vitest'
import { type ProbeApp, probeApp, type ProbeOptions } from '../probe-app.ts'
import type { StartTarget, Target } from './target.ts'

/** What browsers of other origins may do. */
export function corsConformance(name: string, start: StartTarget): void {
  describe(`other origins, through ${name}`, () => {
    const origin = 'https://shop.example'
    const targets: { probe: ProbeApp; target: Target }[] = []
    const open = async (http: ProbeOptions['http']): Promise<Target> => {
      const probe = await probeApp({ ...(http !== undefined && { http }) })
      const target = await start(probe)
      targets.push({ probe, target })
      return target
    }
    afterAll(async () => {
      for (const { probe, target } of targets) {
        await target.close()
        await probe.app.close()
      }
    })

    const preflight = {
      origin,
      'access-control-request-method': 'PATCH',
      'access-control-request-headers': 'if-match',
    }

    it('are told nothing unless configured', async () => {
      const target = await open(undefined)
      const response = await target.send({ path: '/echo/1', headers: { origin } })
      expect([...response.headers.keys()].filter((header) => header.startsWith('access-control'))).toEqual([])
    })

    it('may read answers and errors when they are listed', async () => {
      const target = await open({ cors: { origins: [origin], credentials: true } })
      for (const path of ['/echo/1', '/echo/1?count=x', '/secret']) {
        const { headers } = await target.send({ path, headers: { origin } })
        expect(headers.get('access-control-allow-origin')).toBe(origin)
        expect(headers.get('access-control-allow-credentials')).toBe('true')
        expect(headers.get('access-control-expose-headers')).toContain('etag')
        expect(headers.get('vary')).toBe('Origin')
      }
      const { headers } = await target.send({ path: '/echo/1', headers: { origin: 'https://evil.example' } })
      expect(headers.get('access-control-allow-origin')).toBeNull()
      expect(headers.get('vary')).toBe('Origin')
    })

    it('may ask beforehand', async () => {
      const target = await open({ cors: { origins: '*', headers: ['X-Customer-Id'], maxAge: '1m' } })
      const response = await target.send({ method: 'OPTIONS', path: '/things/1', headers: preflight })
      expect(response.status).toBe(204)
      const headers = Object.fromEntries(response.headers)
      expect(headers).toMatchObject({
        'access-control-allow-origin': '*',
        'access-control-allow-methods': 'PATCH, DELETE, OPTIONS',
        'access-control-max-age': '60',
      })
      expect(headers['access-control-allow-headers']?.split(', ')).toEqual(
        expect.arrayContaining(['content-type', 'if-match', 'x-customer-id']),
      )
    })
  })
}
