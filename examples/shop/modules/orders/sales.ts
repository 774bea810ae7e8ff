import type { Sql } from 'fulcrum'

/** Two hundred customers say as much as all of them, and the statement stays fast when there are many. */
const KINDRED = 200
const LATEST_ORDERS = 1_000

interface Sales {
  readonly together: { productId: string; customers: number }[]
  readonly bestsellers: { productId: string; sold: number }[]
}

/** What others with the same taste bought, and what sold best lately, most first: one statement, so of one state. */
export async function salesFor(
  sql: Sql,
  { customerId, limit }: { readonly customerId: string; readonly limit: number },
): Promise<Sales> {
  const [row] = await sql<Sales>`
    WITH mine AS (
      SELECT DISTINCT line.product_id
      FROM orders.customer_order AS placed JOIN orders.order_line AS line ON line.order_id = placed.id
      WHERE placed.customer_id = ${customerId}
    ), kindred AS (
      SELECT DISTINCT placed.customer_id
      FROM orders.order_line AS line JOIN orders.customer_order AS placed ON placed.id = line.order_id
      WHERE line.product_id IN (SELECT product_id FROM mine) AND placed.customer_id <> ${customerId}
      LIMIT ${KINDRED}
    ), together AS (
      SELECT line.product_id AS "productId", count(DISTINCT placed.customer_id)::integer AS customers
      FROM kindred
      JOIN orders.customer_order AS placed USING (customer_id)
      JOIN orders.order_line AS line ON line.order_id = placed.id
      WHERE line.product_id NOT IN (SELECT product_id FROM mine)
      GROUP BY line.product_id
      ORDER BY customers DESC, line.product_id
      LIMIT ${limit}
    ), bestseller AS (
      SELECT product_id AS "productId", sum(quantity)::integer AS sold
      FROM (SELECT id FROM orders.customer_order ORDER BY created_at DESC LIMIT ${LATEST_ORDERS}) AS latest
      JOIN orders.order_line ON order_id = latest.id
      GROUP BY product_id
      ORDER BY sold DESC, product_id
      LIMIT ${limit}
    )
    SELECT
      coalesce((SELECT json_agg(together ORDER BY customers DESC, "productId") FROM together), '[]') AS together,
      coalesce((SELECT json_agg(bestseller ORDER BY sold DESC, "productId") FROM bestseller), '[]') AS bestsellers`
  return row as Sales
}
