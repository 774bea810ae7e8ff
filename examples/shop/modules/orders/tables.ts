import type { Generated } from 'kysely'

export interface OrdersTables {
  customer_order: {
    id: string
    customer_id: string
    status: Generated<'placed'>
    created_at: Generated<Date>
  }
  order_line: {
    order_id: string
    /** 1, 2, 3, … in the order in which they were asked for. */
    line: number
    product_id: string
    quantity: number
    /** In cents, for one piece, as it was when the order was placed. */
    price: number
  }
}
