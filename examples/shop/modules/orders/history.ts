import type { Handler } from 'fulcrum'
import type { Kysely } from 'kysely'
import { newestFirstKey, olderThan } from '../../shared/newest-first.ts'
import { page } from '../../shared/page.ts'
import { findProducts } from '../catalog/api.ts'
import { findCustomer } from '../customers/api.ts'
import { CustomerNotFound, type getHistory, type NamedOrder } from './api.ts'
import { selectOrders, toOrder, type OrderRow } from './read.ts'
import type { OrdersTables } from './tables.ts'

type History = Handler<typeof getHistory, Kysely<OrdersTables>>
type Context = Parameters<History>[1]

/** Orders keep ids and prices; what a product is called is the catalog's to say. */
export const history: History = async ({ id, limit, after }, ctx) => {
  let select = selectOrders(ctx.db)
    .where('customer_id', '=', id)
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(limit + 1)
  if (after !== undefined) select = select.where(olderThan(after))
  const rows = await select.execute()
  if (rows.length === 0 && (await ctx.call(findCustomer, { id })) === null) {
    return ctx.fail(CustomerNotFound, { customerId: id })
  }
  const names = await namesOf(rows, ctx)
  return page(rows, limit, {
    item: (row) => withNames(row, names),
    key: newestFirstKey,
  })
}

async function namesOf(rows: readonly OrderRow[], ctx: Context): Promise<ReadonlyMap<string, string>> {
  const ids = new Set(rows.flatMap(({ lines }) => lines.map((line) => line.product_id)))
  const products = await ctx.call(findProducts, { ids: [...ids] })
  return new Map(products.map(({ id, name }) => [id, name]))
}

function withNames(row: OrderRow, names: ReadonlyMap<string, string>): NamedOrder {
  const order = toOrder(row)
  const items = order.items.map((item) => ({ ...item, name: names.get(item.productId) ?? 'no longer sold' }))
  return { ...order, items }
}
