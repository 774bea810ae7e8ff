import type { Kysely, Selectable } from 'kysely'
import { jsonArrayFrom } from 'kysely/helpers/postgres'
import { eur, total } from '../../shared/money.ts'
import type { Order } from './api.ts'
import type { OrdersTables } from './tables.ts'

/** Orders with their lines, in one statement. */
export function selectOrders(db: Kysely<OrdersTables>) {
  return db
    .selectFrom('customer_order')
    .select((orders) => [
      'id',
      'customer_id',
      'status',
      'created_at',
      jsonArrayFrom(
        orders
          .selectFrom('order_line')
          .select(['product_id', 'quantity', 'price'])
          .whereRef('order_id', '=', 'customer_order.id')
          .orderBy('line'),
      ).as('lines'),
    ])
}

export type OrderRow = Selectable<OrdersTables['customer_order']> & {
  readonly lines: readonly Omit<Selectable<OrdersTables['order_line']>, 'order_id' | 'line'>[]
}

export function toOrder(row: OrderRow): Order {
  const items = row.lines.map(({ product_id, quantity, price }) => ({
    productId: product_id,
    quantity,
    price: eur(price),
  }))
  return {
    id: row.id,
    customerId: row.customer_id,
    status: row.status,
    items,
    total: total(items),
    createdAt: row.created_at.toISOString(),
  }
}
