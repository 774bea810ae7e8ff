import { module, query, type Schema } from 'fulcrum'
import { createApp } from 'fulcrum/app'
import { serving } from '../lib/serving.ts'
import { Input, Product, productOf, validates } from './product.ts'

type Product = ReturnType<typeof productOf>

/** A schema that looks at nothing: what it costs to have one, without a validator. */
function unchecked<T>(properties: Record<string, object>): Schema<T, T> {
  const jsonSchema = {
    type: 'object',
    properties,
    required: Object.keys(properties),
    additionalProperties: false,
  }
  const convert = (): Record<string, unknown> => jsonSchema
  const standard = {
    version: 1 as const,
    vendor: 'bench',
    validate: (value: unknown) => ({ value: value as T }),
    jsonSchema: { input: convert, output: convert },
  }
  return { '~standard': standard }
}

const text = { type: 'string' }
const whole = { type: 'integer' }
const price = {
  type: 'object',
  properties: { amount: whole, currency: text },
  required: ['amount', 'currency'],
  additionalProperties: false,
}

const getProduct = query('catalog.get', {
  input: validates ? Input : unchecked<{ id: string }>({ id: text }),
  output: validates ? Product : unchecked<Product>({ id: text, name: text, price, version: whole }),
  http: 'GET /products/:id',
  version: ({ version }) => version,
})

const catalog = module('catalog', { handlers: (on) => [on(getProduct, productOf)] })

const app = createApp({ modules: [catalog] })
const { url } = await app.listen({ port: 0 })
serving(url)
