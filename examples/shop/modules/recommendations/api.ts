import { query } from 'fulcrum'
import { z } from 'zod'
import { Id } from '../../shared/id.ts'
import { sales } from '../orders/api.ts'

const Recommendations = z.object({
  items: z.array(z.object({ productId: Id, reason: z.string() })),
  source: z.enum(['model', 'bestsellers']),
})
export type Recommendations = z.infer<typeof Recommendations>

export const getRecommendations = query('recommendations.get', {
  summary: 'What a user may like, from what others with the same taste have bought',
  input: z.object({ userId: Id }),
  output: Recommendations,
  http: 'GET /recommendations/:userId',
  reads: () => [sales()],
  contract: {
    consistency: 'eventual',
    // Any sale changes what is recommended, a little: not worth reading anew for.
    cache: { strategy: 'aside', ttl: '5m', invalidation: 'ttl', refreshEarly: true, grace: '1h' },
    latency: { deadline: '500ms' },
    data: { class: 'personal' },
    slo: { availability: 99.5, latency: { under: '250ms', target: 99 } },
    because: 'ADR-0010',
  },
})
