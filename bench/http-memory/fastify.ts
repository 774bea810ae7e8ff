import type { AddressInfo } from 'node:net'
import Fastify from 'fastify'
import { headersOf, Input, listening, Product, productOf, validates } from './product.ts'

const fastify = Fastify()

fastify.get('/products/:id', (request, reply) => {
  const input = validates ? Input.parse(request.params) : (request.params as { id: string })
  const product = validates ? Product.parse(productOf(input)) : productOf(input)
  return reply.headers(headersOf(request.id, product.version)).send(product)
})

await fastify.listen({ port: 0, host: '127.0.0.1' })
listening((fastify.server.address() as AddressInfo).port)
