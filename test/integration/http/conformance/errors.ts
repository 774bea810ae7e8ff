import { describe, expect, it } from 'vitest'
import type { Session } from './session.ts'

/** What failed calls are answered with. */
export function errorsConformance(at: () => Session): void {
  describe('errors', () => {
    it('answers declared errors with their code and data', async () => {
      const response = await at().post('/things/9', { name: 'taken' }, 'PATCH')
      expect(response.status).toBe(409)
      expect(response.headers.get('content-type')).toBe('application/problem+json')
      const requestId = response.headers.get('x-request-id') as string
      expect(await response.json()).toEqual({
        type: 'urn:fulcrum:error:probe.Taken',
        title: 'Taken',
        status: 409,
        detail: 'Taken.',
        instance: `urn:fulcrum:request:${requestId}`,
        code: 'probe.Taken',
        operation: 'probe.update',
        data: { id: '9', by: 'somebody else' },
      })
    })

    it('tells callers nothing about unexpected errors, and the log everything', async () => {
      const unexpected = 'unexpected-1'
      const response = await at().get('/secret', { 'x-request-id': unexpected })
      expect(response.status).toBe(500)
      const text = await response.text()
      expect(text).not.toMatch(/hunter2|stack|probe-app/)
      expect(JSON.parse(text)).toMatchObject({ code: 'FUL-3000', operation: 'probe.secret' })
      const line = at().probe.log.find((entry) => entry.includes(unexpected))
      expect(line).toMatch(/probe\.secret.*hunter2/)
    })

    it('answers 500 for an output that JSON cannot say', async () => {
      const response = await at().get('/not-a-number')
      expect(await response.json()).toMatchObject({ status: 500, code: 'FUL-3008' })
    })

    it('answers with what the principal resolver throws', async () => {
      const refused = await at().get('/whoami', { 'x-user': 'refused' })
      expect([refused.status, await refused.json()]).toMatchObject([401, { code: 'probe.Unauthenticated' }])
      const broken = await at().get('/whoami', { 'x-user': 'broken' })
      const text = await broken.text()
      expect([broken.status, text]).toEqual([500, expect.not.stringContaining('10.0.0.5')])
    })
  })
}
