// No framework at all: what Node's own server takes is what every framework on it begins with.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { serving } from '../lib/serving.ts'
import { FIXED_HEADERS, Input, Product, productOf, validates } from './product.ts'

const PREFIX = '/products/'
let requests = 0

const server = createServer((request, response) => {
  const params = { id: (request.url ?? '').slice(PREFIX.length) }
  const product = validates ? Product.parse(productOf(Input.parse(params))) : productOf(params)
  const body = JSON.stringify(product)
  requests += 1
  response.writeHead(200, {
    ...FIXED_HEADERS,
    'x-request-id': `req-${requests.toString(36)}`,
    etag: `"${product.version}"`,
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
  })
  response.end(body)
})

server.listen(0, '127.0.0.1', () => serving(`http://127.0.0.1:${(server.address() as AddressInfo).port}`))
