import { module } from 'fulcrum'
import { kysely } from 'fulcrum/kysely'
import type { Selectable } from 'kysely'
import { eur } from '../../shared/money.ts'
import { page } from '../../shared/page.ts'
import {
  changePrice,
  findProducts,
  getProduct,
  importProducts,
  listProducts,
  ProductNotFound,
  type Product,
} from './api.ts'
import type { CatalogTables } from './tables.ts'

export default module('catalog', {
  db: kysely<CatalogTables>(),
  migrations: new URL('./migrations/', import.meta.url),
  handlers: (on) => [
    on(getProduct, async ({ id }, { db, fail }) => {
      const row = await db.selectFrom('product').selectAll().where('id', '=', id).executeTakeFirst()
      return row === undefined ? fail(ProductNotFound, { id }) : toProduct(row)
    }),

    on(listProducts, async ({ limit, after }, { db }) => {
      let select = db
        .selectFrom('product')
        .selectAll()
        .orderBy('id')
        .limit(limit + 1)
      if (after !== undefined) select = select.where('id', '>', after)
      return page(await select.execute(), limit, { item: toProduct, key: (row) => row.id })
    }),

    on(changePrice, async ({ id, amount }, ctx) => {
      const changed = await ctx.db
        .updateTable('product')
        .set((column) => ({ price: amount, version: column('version', '+', 1) }))
        .where('id', '=', id)
        .returningAll()
        .executeTakeFirst()
      if (changed === undefined) return ctx.fail(ProductNotFound, { id })
      // Refusing here rolls the change back.
      ctx.matches(changed.version - 1)
      return toProduct(changed)
    }),

    on(importProducts, async (rows, { sql }) => {
      // A product may be in it twice: the last one counts.
      const last = [...new Map(rows.map((row) => [row.id, row])).values()]
      await sql`
        INSERT INTO catalog.product (id, name, price)
        SELECT * FROM unnest(${last.map(({ id }) => id)}::uuid[], ${last.map(({ name }) => name)}::text[], ${last.map(({ amount }) => amount)}::int[])
        ON CONFLICT (id) DO UPDATE SET name = excluded.name, price = excluded.price, version = product.version + 1
        WHERE (product.name, product.price) IS DISTINCT FROM (excluded.name, excluded.price)`
    }),

    on(findProducts, async ({ ids }, { db }) => {
      const rows = await db
        .selectFrom('product')
        .selectAll()
        .where((column) => column('id', '=', column.fn.any(column.val(ids))))
        .execute()
      return rows.map(toProduct)
    }),
  ],
})

function toProduct({ id, name, price, version }: Selectable<CatalogTables['product']>): Product {
  return { id, name, price: eur(price), version }
}
