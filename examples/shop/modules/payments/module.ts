import { module } from 'fulcrum'
import { kysely } from 'fulcrum/kysely'
import type { Kysely } from 'kysely'
import { eur } from '../../shared/money.ts'
import { getOrder } from '../orders/api.ts'
import {
  abandonPayment,
  BeingPaid,
  getPayment,
  openPayment,
  type Payment,
  PaymentNotFound,
  payOrder,
  settlePayment,
} from './api.ts'
import { pay } from './pay.ts'
import type { PaymentsTables } from './tables.ts'

export default module('payments', {
  db: kysely<PaymentsTables>(),
  migrations: new URL('./migrations/', import.meta.url),
  handlers: (on) => [
    on(payOrder, pay, { calls: [getOrder] }),

    on(openPayment, async ({ reference, amount }, { db, fail }) => {
      const [opened] = await db
        .insertInto('payment')
        .values({ reference, amount: String(amount.amount) })
        .onConflict((conflict) => conflict.doNothing())
        .returningAll()
        .execute()
      if (opened !== undefined) return { reference, amount, status: 'pending', chargeId: null }
      const found = await find(db, reference)
      return found?.status === 'charged' ? found : fail(BeingPaid, { reference })
    }),

    on(settlePayment, async ({ reference, chargeId }, { db, fail }) => {
      await db
        .updateTable('payment')
        .set({ status: 'charged', charge_id: chargeId })
        .where('reference', '=', reference)
        .execute()
      return (await find(db, reference)) ?? fail(PaymentNotFound, { reference })
    }),

    on(abandonPayment, async ({ reference }, { db }) => {
      await db
        .deleteFrom('payment')
        .where('reference', '=', reference)
        .where('status', '=', 'pending')
        .execute()
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
