// The peer: Fastify and a pg pool, prepared, written by hand as both manuals advise.
import { randomUUID } from 'node:crypto'
import fastify from 'fastify'
import pg from 'pg'
import { serving } from '../lib/serving.ts'
import { HEADERS, Input, Product, type ProductRow } from './product.ts'

const pool = new pg.Pool({
  connectionString: process.env['DATABASE_URL'],
  max: Number(process.env['POOL'] ?? 10),
})
const server = fastify()
const Output = Product.nullable()
const text = 'select id, name, amount, version from bench.product where id = $1'

server.get('/products/:id', async (request, reply) => {
  const { id } = Input.parse(request.params)
  const { rows } = await pool.query<ProductRow>({ name: 'product', text, values: [id] })
  reply.headers(HEADERS).header('x-request-id', randomUUID())
  return JSON.stringify(Output.parse(rows[0] ?? null))
})

serving(await server.listen({ port: 0, host: '127.0.0.1' }))
