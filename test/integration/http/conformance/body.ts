import { describe, expect, it } from 'vitest'
import type { Session } from './session.ts'

/** Which bodies are read. */
export function bodyConformance(at: () => Session): void {
  describe('body', () => {
    it('lists what is missing when nothing is sent', async () => {
      const response = await at().send({ method: 'POST', path: '/things' })
      expect(response.status).toBe(400)
      expect(await response.json()).toMatchObject({
        issues: [
          { path: 'name', in: 'body' },
          { path: 'size', in: 'body' },
        ],
      })
    })

    it('coerces nothing in a body', async () => {
      const response = await at().post('/things', { name: 'box', size: '2' })
      expect(await response.json()).toMatchObject({
        code: 'FUL-2001',
        issues: [{ path: 'size', in: 'body' }],
      })
    })

    it.each(['["a"]', '"a"', '7', 'null'])('refuses %s, which is no object', async (body) => {
      for (const [path, method] of [
        ['/things', 'POST'],
        ['/things/1', 'PATCH'],
      ] as const) {
        const response = await at().post(path, body, method)
        expect([response.status, await response.json()]).toMatchObject([
          400,
          { issues: [{ path: '', in: 'body' }] },
        ])
      }
    })

    it.each([
      ['application/json'],
      ['application/json; charset=utf-8'],
      ['application/json;charset=UTF-8'],
      ['Application/JSON; charset="utf-8"'],
      ['application/merge-patch+json'],
    ])('reads %s', async (type) => {
      const body = JSON.stringify({ name: 'ä€𝄞', size: 1 })
      const response = await at().send({
        method: 'POST',
        path: '/things',
        headers: { 'content-type': type },
        body,
      })
      expect(await response.json()).toEqual({ name: 'ä€𝄞', size: 1 })
    })

    it.each([
      ['text/plain'],
      ['application/json; charset=iso-8859-1'],
      ['application/x-www-form-urlencoded'],
      ['application/jsonp'],
      ['multipart/form-data; boundary=x'],
    ])('refuses %s', async (type) => {
      const response = await at().send({
        method: 'POST',
        path: '/things',
        headers: { 'content-type': type },
        body: '{}',
      })
      expect(response.status).toBe(415)
      expect(await response.json()).toMatchObject({ code: 'FUL-2006' })
    })

    it('refuses a body of no stated type', async () => {
      const response = await at().send({
        method: 'POST',
        path: '/things',
        body: new TextEncoder().encode('{}'),
      })
      expect(response.status).toBe(415)
    })

    it.each([
      ['{"name":'],
      ["{'name':1}"],
      ['{"name":"a","size":1,}'],
      ['NaN'],
      ['\uFEFF{"name":"a","size":1}'],
      ['{"name":"a","size":1}{}'],
    ])('refuses %s, which is no JSON', async (body) => {
      const response = await at().post('/things', body)
      expect(response.status).toBe(400)
    })

    it('refuses what would change the prototype of a copy, however it is spelled', async () => {
      for (const key of ['"__proto__"', String.raw`"\u005f_proto__"`]) {
        const response = await at().post('/things', `{"name":"a","size":1,"extra":{${key}:{"admin":true}}}`)
        expect([response.status, ((await response.json()) as { code: string }).code]).toEqual([
          400,
          'FUL-2007',
        ])
      }
      const through = await at().post(
        '/things',
        '{"name":"a","size":1,"extra":{"constructor":{"prototype":{}}}}',
      )
      expect(through.status).toBe(400)
      const harmless = await at().post('/things', '{"name":"__proto__","size":1,"extra":{"constructor":"x"}}')
      expect(harmless.status).toBe(201)
    })

    it('refuses what is nested too deeply', async () => {
      const nested = (depth: number): string =>
        `{"name":"a","size":1,"extra":${'['.repeat(depth)}${']'.repeat(depth)}}`
      expect((await at().post('/things', nested(63))).status).toBe(201)
      expect((await at().post('/things', nested(64))).status).toBe(400)
      expect((await at().post('/things', nested(50_000))).status).toBe(400)
    })
  })
}
