import { module } from 'fulcrum'
import { kysely } from 'fulcrum/kysely'
import { getAvailability, InsufficientStock, reserveStock, StockNotFound } from './api.ts'
import { inProductOrder } from './in-product-order.ts'
import type { InventoryTables } from './tables.ts'

export default module('inventory', {
  db: kysely<InventoryTables>(),
  migrations: new URL('./migrations/', import.meta.url),
  handlers: (on) => [
    on(getAvailability, async ({ id }, { db, fail }) => {
      const row = await db.selectFrom('stock').selectAll().where('product_id', '=', id).executeTakeFirst()
      if (row === undefined) return fail(StockNotFound, { productId: id })
      return { productId: row.product_id, available: row.available }
    }),

    on(reserveStock, async ({ items }, { db, fail }) => {
      for (const { productId, quantity } of inProductOrder(items)) {
        // Looks and takes in one statement: nobody can come in between, so stock is never sold twice.
        const taken = await db
          .updateTable('stock')
          .set((column) => ({ available: column('available', '-', quantity) }))
          .where('product_id', '=', productId)
          .where('available', '>=', quantity)
          .executeTakeFirst()
        if (taken.numUpdatedRows === 0n) fail(InsufficientStock, { productId })
      }
    }),
  ],
})
