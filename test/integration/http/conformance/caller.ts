import { describe, expect, it } from 'vitest'
import type { Session } from './session.ts'

/** What callers say about themselves, and how they leave. */
export function callerConformance(at: () => Session): void {
  describe('the caller', () => {
    it('is who the resolver says', async () => {
      expect(await (await at().get('/whoami?a=1', { 'X-User': 'ada' })).json()).toEqual({
        principal: { id: 'ada', roles: ['GET', expect.stringMatching(/\/whoami$/)] },
      })
      expect(await (await at().get('/whoami')).json()).toEqual({ principal: null })
    })

    it('names the request, as long as the name is sane', async () => {
      expect((await at().get('/echo/1', { 'x-request-id': 'req/1~x' })).headers.get('x-request-id')).toBe(
        'req/1~x',
      )
      for (const id of ['x'.repeat(129), 'a b', '']) {
        expect((await at().get('/echo/1', { 'x-request-id': id })).headers.get('x-request-id')).toMatch(
          /^[0-9a-f]{16}-[0-9a-v]{6}$/,
        )
      }
    })

    it('finds its trace in problem documents', async () => {
      const traceId = '0af7651916cd43dd8448eb211c80319c'
      const traced = await at().get('/secret', { traceparent: `00-${traceId}-b7ad6b7169203331-01` })
      expect(await traced.json()).toMatchObject({ traceId })
      const invalid = await at().get('/secret', { traceparent: `00-${'0'.repeat(32)}-b7ad6b7169203331-01` })
      expect(await invalid.json()).not.toHaveProperty('traceId')
    })

    it.each([
      ['fulcrum-deadline', '200ms', 200],
      ['x-request-timeout', '0.2', 200],
      ['x-request-timeout', '200ms', 200],
      ['grpc-timeout', '200m', 200],
      ['fulcrum-deadline', '1h', 5000],
    ])('limits the time with %s: %s', async (header, value, most) => {
      const response = await at().get('/budget', { [header]: value })
      const { remaining } = (await response.json()) as { remaining: number }
      expect(remaining).toBeLessThan(most + 1)
      expect(remaining).toBeGreaterThan(most - 200)
      expect(Number.parseInt(response.headers.get('fulcrum-deadline') as string, 10)).toBeLessThanOrEqual(
        most,
      )
    })

    it.each([
      ['fulcrum-deadline', '200'],
      ['fulcrum-deadline', '-1ms'],
      ['x-request-timeout', 'soon'],
      ['grpc-timeout', '999999999m'],
    ])('refuses %s: %s', async (header, value) => {
      const response = await at().get('/budget', { [header]: value })
      expect(response.status).toBe(400)
      expect(await response.json()).toMatchObject({
        code: 'FUL-2007',
        detail: expect.stringContaining('allowed') as string,
      })
    })

    it('is answered 504 when its time is over', async () => {
      const response = await at().get('/slow', { 'fulcrum-deadline': '20ms' })
      expect(response.status).toBe(504)
      expect(await response.json()).toMatchObject({ code: 'FUL-3001', operation: 'probe.slow' })
    })

    it('ends its call by leaving', async () => {
      const controller = new AbortController()
      const note = `leaving ${at().name}`
      const before = at().probe.slowCalls.aborted.length
      const gone = at().send({ path: `/slow?note=${encodeURIComponent(note)}`, signal: controller.signal })
      await expect.poll(() => at().probe.slowCalls.started).toContain(note)
      controller.abort()
      await expect(gone).rejects.toThrow()
      await expect.poll(() => at().probe.slowCalls.aborted.slice(before)).toEqual(['Aborted'])
    })

    it('does not leave by having sent its body', async () => {
      const body = JSON.stringify({ name: 'x'.repeat(100_000), size: 1 })
      const response = await at().post('/things', body)
      expect([response.status, ((await response.json()) as { name: string }).name.length]).toEqual([
        201, 100_000,
      ])
    })
  })
}
