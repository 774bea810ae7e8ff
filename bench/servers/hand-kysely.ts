// The peer: Fastify and Kysely on a pg pool, written by hand.
import { randomUUID } from 'node:crypto'
import fastify from 'fastify'
import { Kysely, PostgresDialect } from 'kysely'
import pg from 'pg'
import { serving } from '../lib/serving.ts'
import { HEADERS, Input, Product, type Tables } from './product.ts'

const pool = new pg.Pool({
  connectionString: process.env['DATABASE_URL'],
  max: Number(process.env['POOL'] ?? 10),
})
const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) }).withSchema('bench')
const server = fastify()
const Output = Product.nullable()

server.get('/products/:id', async (request, reply) => {
  const { id } = Input.parse(request.params)
  const row = await db
    .selectFrom('product')
    .select(['id', 'name', 'amount', 'version'])
    .where('id', '=', id)
    .executeTakeFirst()
  reply.headers(HEADERS).header('x-request-id', randomUUID())
  return JSON.stringify(Output.parse(row ?? null))
})

serving(await server.listen({ port: 0, host: '127.0.0.1' }))
