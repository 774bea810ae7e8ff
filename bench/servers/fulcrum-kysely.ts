import { module, query } from 'fulcrum'
import { createApp } from 'fulcrum/app'
import { kysely } from 'fulcrum/kysely'
import { postgres } from 'fulcrum/postgres'
import { serving } from '../lib/serving.ts'
import { Input, Product, type Tables } from './product.ts'

const get = query('bench.product', {
  input: Input,
  output: Product.nullable(),
  http: 'GET /products/:id',
  contract: { latency: { expect: '5ms' } },
})

const bench = module('bench', {
  db: kysely<Tables>(),
  handlers: (on) => [
    on(get, async ({ id }, { db }) => {
      const row = await db
        .selectFrom('product')
        .select(['id', 'name', 'amount', 'version'])
        .where('id', '=', id)
        .executeTakeFirst()
      return row ?? null
    }),
  ],
})

const url = process.env['DATABASE_URL'] ?? ''
const app = await createApp({ modules: [bench], store: postgres({ url }) }).start()
serving((await app.listen({ port: 0 })).url)
