// Fastify by hand.
import Fastify from 'fastify'
import { serving } from '../lib/serving.ts'
import { FIXED_HEADERS, Input, Product, productOf, validates } from './product.ts'

const fastify = Fastify()

fastify.get('/products/:id', (request, reply) => {
  const input = validates ? Input.parse(request.params) : (request.params as { id: string })
  const product = validates ? Product.parse(productOf(input)) : productOf(input)
  return reply
    .headers(FIXED_HEADERS)
    .header('x-request-id', request.id)
    .header('etag', `"${product.version}"`)
    .send(product)
})

serving(await fastify.listen({ port: 0, host: '127.0.0.1' }))
