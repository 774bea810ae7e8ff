import Fastify, { type FastifyInstance } from 'fastify'
import { fastifyPlugin } from 'fulcrum/http'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { corsConformance } from './conformance/cors.ts'
import { httpConformance } from './conformance/http.ts'
import type { StartTarget } from './conformance/target.ts'
import { type ProbeApp, probeApp } from './probe-app.ts'
import { overSocket } from './targets.ts'

const plugin: StartTarget = async ({ app }) => {
  // A connection that falls idle just after the close has begun would otherwise be kept for 72 seconds.
  const fastify = Fastify({ routerOptions: { maxParamLength: 5000 }, forceCloseConnections: true })
  await fastify.register(fastifyPlugin(app), { prefix: '/api' })
  const url = await fastify.listen({ port: 0, host: '127.0.0.1' })
  return overSocket(`${url}/api`, () => fastify.close())
}

httpConformance('a plugin in Fastify', plugin)
corsConformance('a plugin in Fastify', plugin)

describe('an existing Fastify application', () => {
  let probe: ProbeApp
  let fastify: FastifyInstance

  beforeAll(async () => {
    probe = await probeApp({ principal: ({ raw }) => (raw as { user?: { id: string } }).user })
  })
  afterEach(() => fastify.close())
  afterAll(() => probe.app.close())

  it('keeps its parser, its errors and its routes', async () => {
    fastify = Fastify()
    fastify.setErrorHandler((error: Error, _, reply) => reply.code(418).send({ mine: error.message }))
    fastify.post('/own', (request) => ({ parsed: request.body }))
    fastify.get('/broken', () => {
      throw new Error('own')
    })
    await fastify.register(fastifyPlugin(probe.app))
    const own = await fastify.inject({ method: 'POST', url: '/own', payload: { a: 1 } })
    expect(own.json()).toEqual({ parsed: { a: 1 } })
    const broken = await fastify.inject('/broken')
    expect([broken.statusCode, broken.json()]).toEqual([418, { mine: 'own' }])
    const secret = await fastify.inject('/secret')
    expect(secret.json()).toMatchObject({ code: 'FUL-3000' })
    expect((await fastify.inject('/healthz')).statusCode).toBe(404)
  })

  it('has its hooks run for operations, and its decorations seen by the resolver', async () => {
    fastify = Fastify()
    const seen: string[] = []
    fastify.decorateRequest('user', undefined as { id: string } | undefined)
    fastify.addHook('onRequest', async (request) => {
      Object.assign(request, { user: { id: 'ada' } })
    })
    fastify.addHook('onSend', async (request, reply, payload) => {
      seen.push(`${request.url} ${reply.statusCode}`)
      reply.header('x-own', '1')
      return payload
    })
    await fastify.register(fastifyPlugin(probe.app))
    const response = await fastify.inject('/whoami')
    expect(response.json()).toEqual({ principal: { id: 'ada' } })
    expect(response.headers['x-own']).toBe('1')
    await fastify.inject('/numbered/x/y')
    expect(seen).toEqual(['/whoami 200', '/numbered/x/y 400'])
  })

  it('answers what its own hooks throw, on the routes of operations too', async () => {
    fastify = Fastify()
    fastify.setErrorHandler((error: Error & { statusCode: number }, _, reply) => {
      return reply.code(error.statusCode).send({ mine: error.message })
    })
    fastify.addHook('preHandler', async (request) => {
      if (request.headers.authorization === undefined) {
        throw Object.assign(new Error('no ticket'), { statusCode: 401 })
      }
    })
    await fastify.register(fastifyPlugin(probe.app))
    const refused = await fastify.inject('/echo/1')
    expect([refused.statusCode, refused.json()]).toEqual([401, { mine: 'no ticket' }])
    const admitted = await fastify.inject({ url: '/numbered/x/y', headers: { authorization: 'x' } })
    expect([admitted.statusCode, admitted.json()]).toMatchObject([400, { code: 'FUL-2001' }])
  })

  it('may serve the routes of Fulcrum itself as well', async () => {
    fastify = Fastify()
    await fastify.register(fastifyPlugin(probe.app, { system: true }))
    expect((await fastify.inject('/readyz')).json()).toMatchObject({ ready: true })
  })
})
