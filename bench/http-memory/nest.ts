import type { AddressInfo } from 'node:net'
import { Controller, Get, Module, Param, Req, Res } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { headersOf, Input, listening, Product, productOf, validates } from './product.ts'

class Products {
  get(params: { id: string }, request: FastifyRequest, reply: FastifyReply): unknown {
    const input = validates ? Input.parse(params) : params
    const product = validates ? Product.parse(productOf(input)) : productOf(input)
    reply.headers(headersOf(request.id, product.version))
    return product
  }
}

class Application {
  readonly name = 'bench'
}

// Decorators, applied by hand: Node strips types, it compiles nothing.
Param()(Products.prototype, 'get', 0)
Req()(Products.prototype, 'get', 1)
Res({ passthrough: true })(Products.prototype, 'get', 2)
Get(':id')(
  Products.prototype,
  'get',
  Object.getOwnPropertyDescriptor(Products.prototype, 'get') as PropertyDescriptor,
)
Controller('products')(Products)
Module({ controllers: [Products] })(Application)

const app = await NestFactory.create<NestFastifyApplication>(Application, new FastifyAdapter(), {
  logger: false,
})
await app.listen(0, '127.0.0.1')
listening((app.getHttpServer().address() as AddressInfo).port)
