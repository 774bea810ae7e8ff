import { module } from 'fulcrum'
import { kysely } from 'fulcrum/kysely'
import { findProducts } from '../catalog/api.ts'
import { findCustomer } from '../customers/api.ts'
import { getHistory, getOrder, getSalesFor, OrderNotFound, placeOrder } from './api.ts'
import { history } from './history.ts'
import { place } from './place.ts'
import { selectOrders, toOrder } from './read.ts'
import { salesFor } from './sales.ts'
import type { OrdersTables } from './tables.ts'

export default module('orders', {
  db: kysely<OrdersTables>(),
  migrations: new URL('./migrations/', import.meta.url),
  handlers: (on) => [
    on(placeOrder, place, { calls: [findCustomer, findProducts] }),
    on(getHistory, history, { calls: [findCustomer, findProducts] }),

    on(getOrder, async ({ id }, { db, fail }) => {
      const row = await selectOrders(db).where('id', '=', id).executeTakeFirst()
      return row === undefined ? fail(OrderNotFound, { id }) : toOrder(row)
    }),

    on(getSalesFor, (input, { sql }) => salesFor(sql, input)),
  ],
})
