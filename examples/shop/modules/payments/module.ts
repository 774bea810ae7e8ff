import { module } from 'fulcrum'
import { kysely } from 'fulcrum/kysely'
import type { Kysely } from 'kysely'
import { eur } from '../../shared/money.ts'
import {
  beginPayment,
  getPayment,
  PaymentNotFound,
  ReferenceReused,
  settlePayment,
  type Payment,
} from './api.ts'
import type { PaymentsTables } from './tables.ts'

export default module('payments', {
  db: kysely<PaymentsTables>(),
  migrations: new URL('./migrations/', import.meta.url),
  handlers: (on) => [
    on(beginPayment, async ({ reference, amount }, { db, fail }) => {
      await db
        .insertInto('payment')
        .values({ reference, amount: String(amount.amount) })
        .onConflict((conflict) => conflict.doNothing())
        .execute()
      const found = await find(db, reference)
      if (found?.amount.amount === amount.amount) return found
      return fail(ReferenceReused, { reference })
    }),

    on(settlePayment, async ({ reference, answer }, { db, fail }) => {
      await db
        .updateTable('payment')
        .set({ status: answer.status, charge_id: answer.chargeId })
        .where('reference', '=', reference)
        .where('status', '=', 'pending')
        .execute()
      return (await find(db, reference)) ?? fail(PaymentNotFound, { reference })
    }),

    on(getPayment, async ({ reference }, { db, fail }) => {
      return (await find(db, reference)) ?? fail(PaymentNotFound, { reference })
    }),
  ],
})

async function find(db: Kysely<PaymentsTables>, reference: string): Promise<Payment | undefined> {
  const row = await db.selectFrom('payment').selectAll().where('reference', '=', reference).executeTakeFirst()
  if (row === undefined) return undefined
  return { reference, amount: eur(Number(row.amount)), status: row.status, chargeId: row.charge_id }
}
