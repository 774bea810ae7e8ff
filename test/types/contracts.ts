// Contracts are closed, and each kind has fields of its own.
import { command, event, job, projection, query } from 'fulcrum'
import { z } from 'zod'
import { countStock, placeOrder, reserveStock } from './orders.ts'

query('shop.get', {
  contract: {
    consistency: {
      staleness: '30s',
      session: 'read-your-writes',
      onPartition: 'serve-stale',
      maxStale: '5m',
      snapshot: false,
    },
    cache: { strategy: 'aside', ttl: '30s', tiers: ['local', 'shared'], jitter: 10 },
    latency: { deadline: '250ms', expect: '5ms', hedge: { after: 'p95', budget: '2%' } },
    throughput: { coalesce: true },
    failure: { retry: { attempts: 2, backoff: '10ms' }, fallback: [], breaker: 'model' },
    admission: { limits: [{ quota: '100/1m', by: 'principal' }], criticality: 'critical' },
    data: { class: 'personal', fields: { 'address.street': 'personal' } },
    slo: { availability: 99.95, latency: { under: '100ms', target: 99 }, window: '30d' },
    because: ['ADR-0001', 'ADR-0002'],
  },
})
command('shop.buy', {
  contract: {
    transaction: {
      isolation: 'repeatable read',
      durability: 'replicated',
      ifMatch: true,
      joins: [reserveStock],
    },
    idempotency: { key: 'header', ttl: '24h', inFlight: 'wait' },
    throughput: { batch: { size: 100, wait: '5ms' }, acknowledge: 'accepted' },
  },
})
job('shop.clean', { contract: { delivery: { attempts: 5, backoff: '1s' }, latency: { deadline: '5m' } } })
projection('shop.sales', {
  from: [event('shop.Sold', z.object({}))],
  contract: { delivery: { attempts: 4 }, transaction: { isolation: 'read committed' } },
})

// @ts-expect-error unknown group
query('shop.get', { contract: { cahce: { strategy: 'aside', ttl: '30s' } } })
// @ts-expect-error unknown field
query('shop.get', { contract: { latency: { deadlin: '1s' } } })
// @ts-expect-error unknown level
query('shop.get', { contract: { consistency: 'weak' } })
// @ts-expect-error a duration has a unit
query('shop.get', { contract: { latency: { deadline: '250' } } })
// @ts-expect-error a duration is a text
query('shop.get', { contract: { latency: { deadline: 250 } } })
// @ts-expect-error of commands
query('shop.get', { contract: { transaction: { isolation: 'serializable' } } })
// @ts-expect-error of commands
query('shop.get', { contract: { idempotency: { key: 'header' } } })
// @ts-expect-error of queries
command('shop.buy', { contract: { consistency: 'strong' } })
// @ts-expect-error of queries
command('shop.buy', { contract: { latency: { expect: '5ms' } } })
// @ts-expect-error of queries
command('shop.buy', { contract: { throughput: { coalesce: true } } })
// @ts-expect-error of commands
job('shop.clean', { contract: { transaction: { ifMatch: true } } })
// @ts-expect-error no such isolation
command('shop.buy', { contract: { transaction: { isolation: 'snapshot' } } })
// @ts-expect-error signatures, not names
command('shop.buy', { contract: { transaction: { joins: ['stock.reserve'] } } })
// @ts-expect-error commands, not queries
command('shop.buy', { contract: { transaction: { joins: [countStock] } } })
// @ts-expect-error the ttl is required
query('shop.get', { contract: { cache: { strategy: 'aside' } } })
// @ts-expect-error no such class
query('shop.get', { contract: { data: { class: 'secret' } } })
// @ts-expect-error a query changes nothing
query('shop.get', { changes: () => [] })
// @ts-expect-error a command reads nothing that others would have to know
command('shop.buy', { reads: () => [] })
// @ts-expect-error a query emits nothing
query('shop.get', { emits: [event('shop.Sold', z.object({}))] })

/** Declarations are read-only. */
export function frozen(): void {
  // @ts-expect-error read-only
  placeOrder.name = 'orders.take'
  // @ts-expect-error read-only
  placeOrder.contract.because = 'ADR-0001'
}
