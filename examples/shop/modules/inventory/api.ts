import { command, error, query, tag } from 'fulcrum'
import { z } from 'zod'
import { Id } from '../../shared/id.ts'

export const stock = tag('stock', Id)

export const StockNotFound = error('inventory.ProductNotFound', {
  status: 404,
  data: z.object({ productId: Id }),
})
export const InsufficientStock = error('inventory.InsufficientStock', {
  status: 409,
  data: z.object({ productId: Id }),
})

export const getAvailability = query('inventory.availability', {
  summary: 'How many pieces of a product can be ordered',
  input: z.object({ id: Id }),
  output: z.object({ productId: Id, available: z.int().nonnegative() }),
  errors: [StockNotFound],
  http: 'GET /products/:id/availability',
  reads: ({ id }) => [stock(id)],
  contract: {
    consistency: { staleness: '1s', onPartition: 'reject' },
    cache: { strategy: 'aside', ttl: '1s' },
    latency: { deadline: '250ms', expect: '5ms' },
    data: { class: 'public' },
    slo: { availability: 99.95, latency: { under: '50ms', target: 99 } },
    because: 'ADR-0010',
  },
})

/** Takes all items from stock, or none of them: the caller's transaction rolls back when one is short. */
export const reserveStock = command('inventory.reserve', {
  input: z.object({ items: z.array(z.object({ productId: Id, quantity: z.int().positive() })) }),
  errors: [InsufficientStock],
  changes: ({ items }) => items.map(({ productId }) => stock(productId)),
  contract: { latency: { deadline: '5s' }, because: 'ADR-0002' },
})
