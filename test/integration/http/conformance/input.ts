import { describe, expect, it } from 'vitest'
import type { Session } from './session.ts'

/** How inputs are put together from path, query and body. */
export function inputConformance(at: () => Session): void {
  describe('path and query', () => {
    it('coerces text by the schema, and nothing else', async () => {
      const response = await at().get(
        '/echo/1?count=3&ratio=-1.5e2&on=true&tags=1&tags=true&sizes=4&level=auto',
      )
      expect(await response.json()).toEqual({
        id: '1',
        count: 3,
        ratio: -150,
        on: true,
        tags: ['1', 'true'],
        sizes: [4],
        level: 'auto',
        limit: 20,
      })
      expect(await (await at().get('/numbered/-7/false')).json()).toEqual({ n: -7, on: false })
    })

    it.each(['1e999', '', '+1', '%201', 'NaN', 'Infinity', '0x10', '1_000', '01', '9007199254740993', '1.5'])(
      'does not take %j for an integer',
      async (text) => {
        const response = await at().get(`/echo/1?count=${text}`)
        expect(response.status).toBe(400)
        expect(await response.json()).toMatchObject({
          code: 'FUL-2001',
          issues: [{ path: 'count', in: 'query' }],
        })
      },
    )

    it('lists every issue with its path and the part of the request that it is about', async () => {
      const response = await at().get('/numbered/seven/yes?count=x')
      const problem = (await response.json()) as { issues: unknown[] }
      expect(response.status).toBe(400)
      expect(problem).toMatchObject({ code: 'FUL-2001', operation: 'probe.numbered' })
      expect(problem.issues).toEqual([
        { path: 'n', message: expect.any(String) as string, in: 'path' },
        { path: 'on', message: expect.any(String) as string, in: 'path' },
      ])
    })

    it('refuses several values where the schema takes one', async () => {
      const response = await at().get('/echo/1?count=1&count=2&ratio=1&ratio=1')
      expect(response.status).toBe(400)
      expect(await response.json()).toMatchObject({
        issues: [
          { path: 'count', in: 'query', message: 'Takes one value, not 2' },
          { path: 'ratio', in: 'query' },
        ],
      })
    })

    it('leaves unknown parameters to the schema', async () => {
      expect((await at().get('/echo/1?utm_source=a&utm_source=b')).status).toBe(200)
      const refused = await at().get('/strict?a=1&utm_source=a')
      expect([refused.status, ((await refused.json()) as { code: string }).code]).toEqual([400, 'FUL-2001'])
    })

    it('keeps the path from being contradicted', async () => {
      expect((await at().get('/echo/1?id=1')).status).toBe(200)
      const query = await at().get('/echo/1?id=2')
      expect(await query.json()).toMatchObject({ issues: [{ path: 'id', in: 'query' }] })
      expect((await at().post('/things/1', { id: '1', name: 'a' }, 'PATCH')).status).toBe(200)
      const body = await at().post('/things/1', { id: '2', name: 'a' }, 'PATCH')
      expect([body.status, await body.json()]).toMatchObject([400, { issues: [{ path: 'id', in: 'body' }] }])
    })

    it.each(['a/b', 'a b', '100%', 'ä€𝄞', '..', '?', '%2F', "'", 'a+b', 'x'.repeat(1000)])(
      'carries %j through path and query',
      async (text) => {
        const encoded = encodeURIComponent(text)
        const response = await at().get(`/echo/${text === '..' ? 'dots' : encoded}?tags=${encoded}`)
        expect(await response.json()).toMatchObject({ tags: [text], ...(text !== '..' && { id: text }) })
      },
    )

    it.each(['a=%', 'a=%zz', '%ff=1', 'a=%C3', '__proto__=1'])(
      'refuses the malformed query %s',
      async (query) => {
        const response = await at().get(`/echo/1?${query}`)
        expect(response.status).toBe(400)
        expect(await response.json()).toMatchObject({ code: 'FUL-2007', operation: 'probe.echo' })
      },
    )
  })
}
