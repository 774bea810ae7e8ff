import type { Sql } from 'fulcrum'

/** Two hundred customers say as much as all of them, and the statement stays fast when there are many. */
const KINDRED = 200
const LATEST_ORDERS = 1_000

export function boughtTogether(sql: Sql, wanted: { readonly customerId: string; readonly limit: number }) {
  return sql<{ productId: string; customers: number }>`
    WITH mine AS (
      SELECT DISTINCT line.product_id
      FROM orders.customer_order AS placed JOIN orders.order_line AS line ON line.order_id = placed.id
      WHERE placed.customer_id = ${wanted.customerId}
    ), kindred AS (
      SELECT DISTINCT placed.customer_id
      FROM orders.order_line AS line JOIN orders.customer_order AS placed ON placed.id = line.order_id
      WHERE line.product_id IN (SELECT product_id FROM mine) AND placed.customer_id <> ${wanted.customerId}
      LIMIT ${KINDRED}
    )
    SELECT line.product_id AS "productId", count(DISTINCT placed.customer_id)::integer AS customers
    FROM kindred
    JOIN orders.customer_order AS placed USING (customer_id)
    JOIN orders.order_line AS line ON line.order_id = placed.id
    WHERE line.product_id NOT IN (SELECT product_id FROM mine)
    GROUP BY line.product_id
    ORDER BY customers DESC, line.product_id
    LIMIT ${wanted.limit}`
}

export function bestsellers(sql: Sql, { limit }: { readonly limit: number }) {
  return sql<{ productId: string; sold: number }>`
    SELECT product_id AS "productId", sum(quantity)::integer AS sold
    FROM (SELECT id FROM orders.customer_order ORDER BY created_at DESC LIMIT ${LATEST_ORDERS}) AS latest
    JOIN orders.order_line ON order_id = latest.id
    GROUP BY product_id
    ORDER BY sold DESC, product_id
    LIMIT ${limit}`
}
