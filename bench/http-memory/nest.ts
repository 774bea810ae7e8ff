// NestJS as its manual has it: parameters validated by the pipe for standard schemas, answers by its interceptor, fixed headers by decorators.
import {
  Controller,
  Get,
  Header,
  Module,
  Param,
  Req,
  Res,
  SerializeOptions,
  StandardSchemaSerializerInterceptor,
  StandardSchemaValidationPipe,
} from '@nestjs/common'
import { NestFactory, Reflector } from '@nestjs/core'
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { serving } from '../lib/serving.ts'
import { FIXED_HEADERS, Input, Product, productOf, validates } from './product.ts'

class Products {
  get(input: { id: string }, request: FastifyRequest, reply: FastifyReply): unknown {
    const product = productOf(input)
    reply.header('x-request-id', request.id).header('etag', `"${product.version}"`)
    return product
  }
}

class Application {
  readonly name = 'bench'
}

// Decorators, applied by hand: Node strips types, it compiles nothing.
const method = [
  Products.prototype,
  'get',
  Object.getOwnPropertyDescriptor(Products.prototype, 'get') as PropertyDescriptor,
] as const
Param(validates ? { schema: Input } : {})(Products.prototype, 'get', 0)
Req()(Products.prototype, 'get', 1)
Res({ passthrough: true })(Products.prototype, 'get', 2)
Get(':id')(...method)
for (const [name, value] of Object.entries(FIXED_HEADERS)) Header(name, value)(...method)
if (validates) SerializeOptions({ schema: Product })(...method)
Controller('products')(Products)
Module({ controllers: [Products] })(Application)

const app = await NestFactory.create<NestFastifyApplication>(Application, new FastifyAdapter(), {
  logger: false,
})
if (validates) {
  app.useGlobalPipes(new StandardSchemaValidationPipe())
  app.useGlobalInterceptors(new StandardSchemaSerializerInterceptor(app.get(Reflector)))
}
await app.listen(0, '127.0.0.1')
serving(await app.getUrl())
