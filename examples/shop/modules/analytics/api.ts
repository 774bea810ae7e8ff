import { command } from 'fulcrum'
import { z } from 'zod'
import { Id } from '../../shared/id.ts'
import { text } from '../../shared/text.ts'

export const trackEvent = command('analytics.track', {
  summary: 'Record what somebody did in the shop; by default it was whoever calls',
  input: z.object({
    name: text(100).min(1),
    customerId: Id.optional(),
    properties: z.record(z.string(), z.unknown()),
  }),
  http: 'POST /events',
  contract: {
    idempotency: 'none',
    transaction: { isolation: 'read committed' },
    throughput: { batch: { size: 500, wait: '250ms' }, acknowledge: 'accepted' },
    latency: { deadline: '1s' },
    data: { class: 'personal' },
    because: 'ADR-0011',
  },
})
