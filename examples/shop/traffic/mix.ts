import { popular } from './random.ts'

/** What the visitors know of the shop. */
export interface World {
  readonly products: readonly string[]
  readonly customers: readonly string[]
  /** Orders that were placed during this run. */
  readonly orders: string[]
}

export interface Visit {
  readonly path: string
  readonly body?: unknown
}

export interface Route {
  /** Method and path as in the shop's signatures. */
  readonly name: string
  /** How often, against the others. */
  readonly weight: number
  readonly visit: (world: World, random: () => number) => Visit
  /** Learns from the answer. */
  readonly learn?: (answer: { readonly id: string }, world: World) => void
}

const productOf = (world: World, random: () => number): string => popular(world.products, random)
const customerOf = (world: World, random: () => number): string => popular(world.customers, random)
const oneTo = (most: number, random: () => number): number => 1 + Math.floor(most * random())

/** People look around much more than they buy: a hundred profiles are read for each that changes. */
export const MIX: readonly Route[] = [
  { name: 'GET /products', weight: 20, visit: () => ({ path: '/products' }) },
  { name: 'GET /products/:id', weight: 80, visit: (w, r) => ({ path: `/products/${productOf(w, r)}` }) },
  {
    name: 'GET /products/:id/availability',
    weight: 40,
    visit: (w, r) => ({ path: `/products/${productOf(w, r)}/availability` }),
  },
  {
    name: 'PATCH /products/:id/price',
    weight: 1,
    visit: (w, r) => ({
      path: `/products/${productOf(w, r)}/price`,
      body: { amount: 499 + oneTo(19_500, r) },
    }),
  },
  { name: 'GET /customers', weight: 2, visit: () => ({ path: '/customers' }) },
  {
    name: 'GET /profiles/:userId',
    weight: 100,
    visit: (w, r) => ({ path: `/profiles/${customerOf(w, r)}` }),
  },
  {
    name: 'PATCH /profiles/:userId',
    weight: 1,
    visit: (w, r) => ({ path: `/profiles/${customerOf(w, r)}`, body: { bio: `Has ${oneTo(9, r)} cats.` } }),
  },
  {
    name: 'GET /timelines/:userId',
    weight: 20,
    visit: (w, r) => ({ path: `/timelines/${customerOf(w, r)}` }),
  },
  {
    name: 'GET /recommendations/:userId',
    weight: 20,
    visit: (w, r) => ({ path: `/recommendations/${customerOf(w, r)}` }),
  },
  {
    name: 'POST /orders',
    weight: 6,
    visit: (w, r) => ({
      path: '/orders',
      body: {
        customerId: customerOf(w, r),
        items: Array.from({ length: oneTo(3, r) }, () => ({
          productId: productOf(w, r),
          quantity: oneTo(2, r),
        })),
      },
    }),
    learn: ({ id }, { orders }) => orders.push(id),
  },
  {
    name: 'GET /orders/:id',
    weight: 8,
    // Nobody has ordered yet: look at somebody's history instead of nothing.
    visit: (w, r) => ({
      path: w.orders.length > 0 ? `/orders/${popular(w.orders, r)}` : `/customers/${customerOf(w, r)}/orders`,
    }),
  },
  {
    name: 'GET /customers/:id/orders',
    weight: 8,
    visit: (w, r) => ({ path: `/customers/${customerOf(w, r)}/orders` }),
  },
  {
    name: 'GET /accounts/:id/balance',
    weight: 20,
    visit: (w, r) => ({ path: `/accounts/${customerOf(w, r)}/balance` }),
  },
  {
    name: 'POST /accounts/:id/withdrawals',
    weight: 3,
    visit: (w, r) => ({
      path: `/accounts/${customerOf(w, r)}/withdrawals`,
      body: { amount: oneTo(2_000, r) },
    }),
  },
  {
    name: 'POST /posts',
    weight: 1,
    visit: (w, r) => ({
      path: '/posts',
      body: { authorId: customerOf(w, r), text: 'Just ordered another one.' },
    }),
  },
  {
    name: 'POST /events',
    weight: 20,
    visit: (w, r) => ({
      path: '/events',
      body: {
        name: 'product_viewed',
        customerId: customerOf(w, r),
        properties: { productId: productOf(w, r) },
      },
    }),
  },
  {
    name: 'POST /shipping-quotes',
    weight: 6,
    visit: (_, r) => ({ path: '/shipping-quotes', body: { weightKg: oneTo(9_999, r) / 1_000 } }),
  },
]

/** Picks routes as often as their weights say. */
export function picker(routes: readonly Route[]): (random: () => number) => Route {
  const total = routes.reduce((sum, { weight }) => sum + weight, 0)
  return (random) => {
    let left = random() * total
    return routes.find(({ weight }) => (left -= weight) < 0) ?? (routes[0] as Route)
  }
}
