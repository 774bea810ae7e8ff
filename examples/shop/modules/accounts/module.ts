import { module } from 'fulcrum'
import { kysely } from 'fulcrum/kysely'
import type { Selectable } from 'kysely'
import { eur } from '../../shared/money.ts'
import { AccountNotFound, getBalance, InsufficientFunds, withdraw, type Balance } from './api.ts'

interface AccountsTables {
  account: {
    id: string
    /** In cents. A `bigint`, which PostgreSQL's drivers read and write as text. */
    balance: string
  }
}

export default module('accounts', {
  db: kysely<AccountsTables>(),
  migrations: new URL('./migrations/', import.meta.url),
  handlers: (on) => [
    on(getBalance, async ({ id }, { db, fail }) => {
      const row = await db.selectFrom('account').selectAll().where('id', '=', id).executeTakeFirst()
      return row === undefined ? fail(AccountNotFound, { accountId: id }) : toBalance(row)
    }),

    on(withdraw, async ({ id, amount }, { db, fail }) => {
      const cents = String(amount)
      // Looks and takes in one statement: two withdrawals at once cannot both see the same money.
      const left = await db
        .updateTable('account')
        .set((column) => ({ balance: column('balance', '-', cents) }))
        .where('id', '=', id)
        .where('balance', '>=', cents)
        .returningAll()
        .executeTakeFirst()
      if (left !== undefined) return toBalance(left)
      const row = await db.selectFrom('account').selectAll().where('id', '=', id).executeTakeFirst()
      return row === undefined
        ? fail(AccountNotFound, { accountId: id })
        : fail(InsufficientFunds, toBalance(row))
    }),
  ],
})

function toBalance({ id, balance }: Selectable<AccountsTables['account']>): Balance {
  return { accountId: id, balance: eur(Number(balance)) }
}
