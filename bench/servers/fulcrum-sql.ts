import { module, query } from 'fulcrum'
import { createApp } from 'fulcrum/app'
import { postgres } from 'fulcrum/postgres'
import { serving } from '../lib/serving.ts'
import { Input, Product, type ProductRow } from './product.ts'

const get = query('bench.product', {
  input: Input,
  output: Product.nullable(),
  http: 'GET /products/:id',
  contract: { latency: { expect: '5ms' } },
})

const bench = module('bench', {
  handlers: (on) => [
    on(get, async ({ id }, { sql }) => {
      const [row] =
        await sql<ProductRow>`select id, name, amount, version from bench.product where id = ${id}`
      return row ?? null
    }),
  ],
})

const url = process.env['DATABASE_URL'] ?? ''
const app = await createApp({ modules: [bench], store: postgres({ url }) }).start()
serving((await app.listen({ port: 0 })).url)
