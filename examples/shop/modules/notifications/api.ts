import { command, query, tag } from 'fulcrum'
import { z } from 'zod'
import { Id } from '../../shared/id.ts'
import { pageOf, paging } from '../../shared/page.ts'
import { text } from '../../shared/text.ts'
import { NewestFirst, Timestamp } from '../../shared/timestamp.ts'

export const notificationsOf = tag('notificationsOf', Id)

const Notification = z.object({ id: Id, customerId: Id, text: z.string(), sentAt: Timestamp })
export type Notification = z.infer<typeof Notification>

/** For other modules; not reachable over HTTP. */
export const sendNotification = command('notifications.send', {
  input: z.object({ customerId: Id, text: text(1_000).min(1) }),
  output: Notification,
  changes: ({ customerId }) => [notificationsOf(customerId)],
  contract: {
    transaction: { isolation: 'read committed' },
    latency: { deadline: '1s' },
    data: { class: 'personal' },
    because: 'ADR-0001',
  },
})

/** For other modules: what a customer has been sent, newest first. */
export const listNotifications = query('notifications.list', {
  input: z.object({ customerId: Id, ...paging(NewestFirst) }),
  output: pageOf(Notification),
  reads: ({ customerId }) => [notificationsOf(customerId)],
  contract: { consistency: 'eventual', data: { class: 'personal' }, because: 'ADR-0003' },
})
