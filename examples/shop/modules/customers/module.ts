import { module } from 'fulcrum'
import { kysely } from 'fulcrum/kysely'
import { page } from '../../shared/page.ts'
import { findCustomer, listCustomers } from './api.ts'

interface CustomersTables {
  customer: { id: string; name: string }
}

export default module('customers', {
  db: kysely<CustomersTables>(),
  migrations: new URL('./migrations/', import.meta.url),
  handlers: (on) => [
    on(listCustomers, async ({ limit, after }, { db }) => {
      let select = db
        .selectFrom('customer')
        .selectAll()
        .orderBy('id')
        .limit(limit + 1)
      if (after !== undefined) select = select.where('id', '>', after)
      return page(await select.execute(), limit, { item: (row) => row, key: (row) => row.id })
    }),

    on(findCustomer, async ({ id }, { db }) => {
      const row = await db.selectFrom('customer').selectAll().where('id', '=', id).executeTakeFirst()
      return row ?? null
    }),
  ],
})
