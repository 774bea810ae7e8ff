import { query } from 'fulcrum'
import { z } from 'zod'
import { Money } from '../../shared/money.ts'

export const quoteShipping = query('shipping.quote', {
  summary: 'What it costs to send a parcel',
  input: z.object({ weightKg: z.number().positive().max(1_000_000) }),
  output: z.object({ price: Money }),
  http: 'POST /shipping-quotes',
  contract: { latency: { deadline: '100ms' }, data: { class: 'public' }, because: 'ADR-0005' },
})
