import { module } from 'fulcrum'
import { kysely } from 'fulcrum/kysely'
import type { Generated, Selectable } from 'kysely'
import { newestFirstKey, olderThan } from '../../shared/newest-first.ts'
import { page } from '../../shared/page.ts'
import { OrderPlaced } from '../orders/api.ts'
import { listNotifications, notificationsOf, sendNotification, type Notification } from './api.ts'

interface NotificationsTables {
  notification: { id: string; customer_id: string; text: string; created_at: Generated<Date> }
}

export default module('notifications', {
  db: kysely<NotificationsTables>(),
  migrations: new URL('./migrations/', import.meta.url),
  handlers: (on) => [
    on(sendNotification, async ({ customerId, text }, ctx) => {
      const row = await ctx.db
        .insertInto('notification')
        .values({ id: ctx.uuid(), customer_id: customerId, text })
        .returningAll()
        .executeTakeFirstOrThrow()
      return toNotification(row)
    }),

    on(
      OrderPlaced,
      async ({ orderId, customerId, total }, ctx) => {
        const text = `Thank you for order ${orderId} over ${(total.amount / 100).toFixed(2)} ${total.currency}.`
        await ctx.db
          .insertInto('notification')
          .values({ id: ctx.uuid(), customer_id: customerId, text })
          .execute()
      },
      {
        summary: 'Thank the customer for an order',
        changes: ({ customerId }) => [notificationsOf(customerId)],
        contract: {
          transaction: { isolation: 'read committed' },
          delivery: { attempts: 8 },
          data: { class: 'personal' },
          because: 'ADR-0001',
        },
      },
    ),

    on(listNotifications, async ({ customerId, limit, after }, { db }) => {
      let select = db
        .selectFrom('notification')
        .selectAll()
        .where('customer_id', '=', customerId)
        .orderBy('created_at', 'desc')
        .orderBy('id', 'desc')
        .limit(limit + 1)
      if (after !== undefined) select = select.where(olderThan(after))
      return page(await select.execute(), limit, { item: toNotification, key: newestFirstKey })
    }),
  ],
})

function toNotification(row: Selectable<NotificationsTables['notification']>): Notification {
  return { id: row.id, customerId: row.customer_id, text: row.text, sentAt: row.created_at.toISOString() }
}
