import { module } from 'fulcrum'
import { kysely } from 'fulcrum/kysely'
import { getBestsellers, getBoughtTogether, getHistory, getOrder, OrderNotFound, placeOrder } from './api.ts'
import { history } from './history.ts'
import { place } from './place.ts'
import { selectOrders, toOrder } from './read.ts'
import { bestsellers, boughtTogether } from './sales.ts'
import type { OrdersTables } from './tables.ts'

export default module('orders', {
  db: kysely<OrdersTables>(),
  migrations: new URL('./migrations/', import.meta.url),
  handlers: (on) => [
    on(placeOrder, place),
    on(getHistory, history),

    on(getOrder, async ({ id }, { db, fail }) => {
      const row = await selectOrders(db).where('id', '=', id).executeTakeFirst()
      return row === undefined ? fail(OrderNotFound, { id }) : toOrder(row)
    }),

    on(getBoughtTogether, async (input, { sql }) => [...(await boughtTogether(sql, input))]),
    on(getBestsellers, async (input, { sql }) => [...(await bestsellers(sql, input))]),
  ],
})
