import { corsConformance } from './conformance/cors.ts'
import { httpConformance } from './conformance/http.ts'
import { unmatchedConformance } from './conformance/unmatched.ts'
import { fastifyServer } from './targets.ts'

httpConformance('the Fastify server', fastifyServer)
unmatchedConformance('the Fastify server', fastifyServer)
corsConformance('the Fastify server', fastifyServer)
