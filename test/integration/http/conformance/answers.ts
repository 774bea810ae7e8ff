import { describe, expect, it } from 'vitest'
import type { Session } from './session.ts'

/** What successful calls are answered with. */
export function answersConformance(at: () => Session): void {
  describe('answers', () => {
    it('answers with JSON, a request id, the budget left and safe headers', async () => {
      const response = await at().get('/echo/7')
      expect(response.status).toBe(200)
      expect(await response.json()).toEqual({ id: '7', limit: 20 })
      const headers = Object.fromEntries(response.headers)
      expect(headers).toMatchObject({
        'content-type': 'application/json; charset=utf-8',
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
      })
      expect(headers['x-request-id']).toMatch(/^[0-9a-f]{16}-[0-9a-v]{6}$/)
      expect(headers['fulcrum-deadline']).toMatch(/^(?:1000|9\d\d)ms$/)
      expect(headers).not.toHaveProperty('fulcrum-source')
    })

    it('answers with the declared status', async () => {
      const created = await at().post('/things', { name: 'box', size: 2 })
      expect(created.status).toBe(201)
      expect(await created.json()).toEqual({ name: 'box', size: 2 })
      const empty = await at().send({ method: 'POST', path: '/accepted' })
      expect([empty.status, await empty.text()]).toEqual([202, ''])
    })

    it('answers 204 where there is no output', async () => {
      const response = await at().send({ method: 'DELETE', path: '/things/7?force=true' })
      expect([response.status, await response.text()]).toEqual([204, ''])
      expect(response.headers.get('content-type')).toBeNull()
    })

    it('sends the declared version as a strong entity tag', async () => {
      const response = await at().post('/things/7', { name: 'box' }, 'PATCH')
      expect(response.headers.get('etag')).toBe('"7"')
    })

    it('answers HEAD like GET, without the body', async () => {
      const response = await at().send({ method: 'HEAD', path: '/echo/7' })
      expect([response.status, await response.text()]).toEqual([200, ''])
      expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8')
    })
  })

  describe('negotiation', () => {
    it.each(['*/*', 'application/*', 'text/html, */*;q=0.1', 'application/problem+json', 'gibberish', ''])(
      'answers where Accept is %j',
      async (accept) => {
        expect((await at().get('/echo/1', { accept })).status).toBe(200)
      },
    )

    it.each(['text/html', 'application/json;q=0', 'application/json;q=0.0, */*'])(
      'refuses where Accept is %j',
      async (accept) => {
        const response = await at().get('/echo/1', { accept })
        expect(response.status).toBe(406)
        expect(await response.json()).toMatchObject({ code: 'FUL-2004' })
      },
    )
  })
}
