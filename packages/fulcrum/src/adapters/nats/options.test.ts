import { expect, it } from 'vitest'
import { type NatsOptions, settle } from './options.ts'
import { consumerOf, subjectOf } from './subjects.ts'

const right: NatsOptions = { servers: 'nats://127.0.0.1:4222', application: 'shop' }

it('has defaults for what is not said', () => {
  const { servers, stream, publish } = settle(right)
  expect([servers, stream, publish]).toEqual([['nats://127.0.0.1:4222'], 'FULCRUM', []])
})

it.each([
  ['servers', { ...right, servers: [] }],
  ['application', { ...right, application: 'the shop' }],
  ['application', { servers: right.servers }],
  ['stream', { ...right, stream: 'a.b' }],
  ['retries', { ...right, retries: 3 }],
] as const)('refuses a wrong %s', (field, options) => {
  expect(() => settle(options as never)).toThrow(`broker.${field}`)
})

it('names subjects and consumers after events', () => {
  expect(subjectOf('FULCRUM', 'orders.OrderPlaced')).toBe('FULCRUM.event.orders.OrderPlaced')
  expect(consumerOf('back', 'orders.OrderPlaced')).toBe('back-orders-OrderPlaced')
})
