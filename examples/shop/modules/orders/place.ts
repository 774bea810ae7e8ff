import { isDomainError, type Handler } from 'fulcrum'
import type { Kysely } from 'kysely'
import { total } from '../../shared/money.ts'
import { findProducts, type Product } from '../catalog/api.ts'
import { findCustomer } from '../customers/api.ts'
import { InsufficientStock, reserveStock } from '../inventory/api.ts'
import { OrderPlaced, OutOfStock, UnknownCustomer, UnknownProduct, type placeOrder } from './api.ts'
import { mergeItems, type Line } from './lines.ts'
import type { OrdersTables } from './tables.ts'

type Place = Handler<typeof placeOrder, Kysely<OrdersTables>>
type Context = Parameters<Place>[1]

/** One serializable transaction over four modules: customer, prices and stock are of one moment, and all of it happens or nothing. */
export const place: Place = async ({ customerId, items }, ctx) => {
  const customer = await ctx.call(findCustomer, { id: customerId })
  if (customer === null) return ctx.fail(UnknownCustomer, { customerId })

  const wanted = mergeItems(items)
  const products = await ctx.call(findProducts, { ids: wanted.map(({ productId }) => productId) })
  const productOf = (id: string): Product =>
    products.find((product) => product.id === id) ?? ctx.fail(UnknownProduct, { productId: id })
  const lines = wanted.map((item) => ({ ...item, price: productOf(item.productId).price }))

  await ctx.call(reserveStock, { items: wanted }).catch((error: unknown) => {
    if (!isDomainError(error, InsufficientStock)) throw error
    const { id, name } = productOf(error.data.productId)
    ctx.fail(OutOfStock, { productId: id, productName: name })
  })

  const { id, status, created_at } = await insert(customerId, lines, ctx)
  const sum = total(lines)
  ctx.emit(OrderPlaced, { orderId: id, customerId, total: sum })
  return { id, customerId, status, items: lines, total: sum, createdAt: created_at.toISOString() }
}

async function insert(customerId: string, lines: readonly Line[], ctx: Context) {
  const order = await ctx.db
    .insertInto('customer_order')
    .values({ id: ctx.uuid(), customer_id: customerId })
    .returningAll()
    .executeTakeFirstOrThrow()
  await ctx.db
    .insertInto('order_line')
    .values(
      lines.map((line, index) => ({
        order_id: order.id,
        line: index + 1,
        product_id: line.productId,
        quantity: line.quantity,
        price: line.price.amount,
      })),
    )
    .execute()
  return order
}
