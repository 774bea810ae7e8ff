// One hour of the shop on virtual time: its real plans and stages, handler bodies and database replaced by seeded models.
import { createApp } from 'fulcrum/app'
import { exponential, lognormal, type OperationModel, type Random, simulate } from 'fulcrum/testing'
import config from '../examples/shop/fulcrum.config.ts'

const HOUR = 3_600_000
const NOW = '2026-01-01T00:00:00.000Z'

const id = (random: Random): string => random.uuid()
const eur = (random: Random): unknown => ({ amount: random.int(10_000), currency: 'EUR' })
const nothing = (): unknown => ({ items: [], next: null })

const product = (random: Random, input: unknown): unknown => ({
  id: (input as { id: string }).id,
  name: 'A product',
  price: eur(random),
  version: 1,
})

/** Rates in calls per second, 105 in all, in the proportions of the shop's traffic. */
const models: Readonly<Record<string, OperationModel>> = {
  'profiles.get': {
    rate: 40,
    statements: 1,
    input: (random) => ({ userId: id(random) }),
    output: (_, input) => ({ ...(input as object), displayName: 'Ada', bio: '', version: 1, updatedAt: NOW }),
  },
  'catalog.get': { rate: 30, statements: 1, input: (random) => ({ id: id(random) }), output: product },
  'catalog.list': { rate: 8, statements: 1, input: () => ({}), output: nothing },
  'inventory.availability': {
    rate: 12,
    statements: 1,
    input: (random) => ({ id: id(random) }),
    output: (random, input) => ({ productId: (input as { id: string }).id, available: random.int(100) }),
  },
  'accounts.balance': {
    rate: 8,
    statements: 1,
    input: (random) => ({ id: id(random) }),
    output: (random, input) => ({ accountId: (input as { id: string }).id, balance: eur(random) }),
  },
  'orders.place': {
    rate: 4,
    statements: 4,
    work: exponential(1),
    input: (random) => ({ customerId: id(random), items: [{ productId: id(random), quantity: 1 }] }),
    output: (random, input) => ({
      ...(input as object),
      id: id(random),
      status: 'placed',
      items: [],
      total: eur(random),
      createdAt: NOW,
    }),
  },
  'accounts.withdraw': {
    rate: 3,
    statements: 1,
    input: (random) => ({ id: id(random), amount: 1 + random.int(100) }),
    output: (random, input) => ({ accountId: (input as { id: string }).id, balance: eur(random) }),
  },
}

const { operations } = createApp(config, { env: {} })
const store = {
  replicas: 1,
  connections: 10,
  statement: lognormal(0.5, 8),
  commit: lognormal(1, 5),
  conflicts: 0.02,
}

async function hour(seed: string): Promise<{ trace: string; seconds: number }> {
  const start = performance.now()
  const { calls, failures, trace } = await simulate({ operations, models, store, seed, duration: HOUR })
  const seconds = (performance.now() - start) / 1000
  console.log(
    `seed ${seed}: ${calls} calls (${failures} failed) in ${seconds.toFixed(1)} s, trace ${trace.slice(0, 16)}`,
  )
  return { trace, seconds }
}

console.log('\nOne virtual hour of the shop at 105 operations per virtual second')
const [first, second, other] = [await hour('a'), await hour('a'), await hour('b')]
console.log(
  `equal seeds, equal traces: ${first.trace === second.trace}; another seed, another trace: ${first.trace !== other.trace}`,
)
if (first.trace !== second.trace || first.trace === other.trace) process.exitCode = 1
