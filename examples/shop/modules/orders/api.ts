import { command, error, event, query, tag } from 'fulcrum'
import { z } from 'zod'
import { Id } from '../../shared/id.ts'
import { Money } from '../../shared/money.ts'
import { pageOf, paging } from '../../shared/page.ts'
import { NewestFirst, Timestamp } from '../../shared/timestamp.ts'
import { reserveStock } from '../inventory/api.ts'

export const order = tag('order', Id)
export const ordersOf = tag('ordersOf', Id)
export const sales = tag('sales')

const Quantity = z.int().min(1).max(1_000)
/** A product, how many of it, and what one of it cost when the order was placed. */
const Line = z.object({ productId: Id, quantity: z.int(), price: Money })

const Order = z.object({
  id: Id,
  customerId: Id,
  status: z.literal('placed'),
  items: z.array(Line),
  total: Money,
  createdAt: Timestamp,
})
export type Order = z.infer<typeof Order>

const NamedOrder = Order.extend({ items: z.array(Line.extend({ name: z.string() })) })
export type NamedOrder = z.infer<typeof NamedOrder>

export const OrderNotFound = error('orders.OrderNotFound', { status: 404, data: z.object({ id: Id }) })
export const CustomerNotFound = error('orders.CustomerNotFound', {
  status: 404,
  data: z.object({ customerId: Id }),
})
export const UnknownCustomer = error('orders.UnknownCustomer', {
  status: 422,
  data: z.object({ customerId: Id }),
})
export const UnknownProduct = error('orders.UnknownProduct', {
  status: 422,
  data: z.object({ productId: Id }),
})
export const OutOfStock = error('orders.OutOfStock', {
  status: 409,
  data: z.object({ productId: Id, productName: z.string() }),
})

/** An order is there; about its customer, who is told of one after the other. */
export const OrderPlaced = event(
  'orders.OrderPlaced',
  z.object({ orderId: Id, customerId: Id, total: Money }),
  { key: ({ customerId }) => customerId },
)

export const placeOrder = command('orders.place', {
  summary: 'Place an order: takes the items from stock and keeps their prices',
  input: z.object({
    customerId: Id,
    items: z
      .array(z.object({ productId: Id, quantity: Quantity }))
      .min(1)
      .max(100),
  }),
  output: Order,
  errors: [UnknownCustomer, UnknownProduct, OutOfStock],
  emits: [OrderPlaced],
  http: 'POST /orders',
  status: 201,
  changes: ({ customerId }, { id }) => [order(id), ordersOf(customerId), sales()],
  contract: {
    idempotency: { key: 'header', inFlight: 'wait' },
    transaction: { isolation: 'serializable', joins: [reserveStock] },
    latency: { deadline: '5s' },
    data: { class: 'personal' },
    slo: { availability: 99.9, latency: { under: '250ms', target: 99 } },
    because: ['ADR-0002', 'ADR-0005'],
  },
})

export const getOrder = query('orders.get', {
  summary: 'An order',
  input: z.object({ id: Id }),
  output: Order,
  errors: [OrderNotFound],
  http: 'GET /orders/:id',
  reads: ({ id }) => [order(id)],
  contract: {
    consistency: 'strong',
    latency: { deadline: '500ms' },
    data: { class: 'personal' },
    slo: { availability: 99.95, latency: { under: '100ms', target: 99 } },
    because: 'ADR-0002',
  },
})

export const getHistory = query('orders.history', {
  summary: 'What a customer has ordered, newest first',
  input: z.object({ id: Id, ...paging(NewestFirst) }),
  output: pageOf(NamedOrder),
  errors: [CustomerNotFound],
  http: 'GET /customers/:id/orders',
  reads: ({ id }) => [ordersOf(id)],
  contract: {
    consistency: 'strong',
    latency: { deadline: '1s' },
    data: { class: 'personal' },
    slo: { availability: 99.9, latency: { under: '250ms', target: 99 } },
    because: 'ADR-0002',
  },
})

/**
 * For other modules: what customers with a purchase in common with this one bought besides, and what sold best lately. Both in one answer, so that whoever
 * caches it has read one state of the sales.
 */
export const getSalesFor = query('orders.salesFor', {
  input: z.object({ customerId: Id, limit: z.int().positive() }),
  output: z.object({
    together: z.array(z.object({ productId: Id, customers: z.int() })),
    bestsellers: z.array(z.object({ productId: Id, sold: z.int() })),
  }),
  reads: () => [sales()],
  contract: { consistency: 'eventual', data: { class: 'personal' }, because: 'ADR-0003' },
})
