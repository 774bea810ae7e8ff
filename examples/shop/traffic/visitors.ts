import { setTimeout as sleep } from 'node:timers/promises'
import type { Outcome } from './figures.ts'
import { MIX, picker, type Route, type World } from './mix.ts'

/** No visitor waits longer than this. */
const PATIENCE_MS = 10_000
/** Requests under way at once; when the shop is slower than the rate, fewer are sent rather than ever more. */
const MOST_AT_ONCE = 64
const TICK_MS = 10

/** Learns ids from the shop itself. Rejects when it does not answer. */
export async function look(url: string): Promise<World> {
  const [products, customers] = await Promise.all([ids(`${url}/products`), ids(`${url}/customers`)])
  return { products, customers, orders: [] }
}

async function ids(url: string): Promise<string[]> {
  const found: string[] = []
  let next: string | null = ''
  while (next !== null && found.length < 1_000) {
    const response = await fetch(`${url}?limit=100${next === '' ? '' : `&after=${next}`}`)
    if (!response.ok) throw new Error(`${url} answered ${response.status}`)
    const page = (await response.json()) as { items: { id: string }[]; next: string | null }
    found.push(...page.items.map(({ id }) => id))
    next = page.next
  }
  return found
}

export interface Visitors {
  readonly url: string
  /** Requests per second. */
  readonly rate: number
  readonly world: World
  readonly random: () => number
  readonly record: (route: Route, outcome: Outcome) => void
}

/** Sends requests at a steady rate until `signal` aborts, then waits for those under way. */
export async function visit(visitors: Visitors, signal: AbortSignal): Promise<void> {
  const pick = picker(MIX)
  const underWay = new Set<Promise<void>>()
  let last = performance.now()
  let due = 0
  while (!signal.aborted) {
    const now = performance.now()
    due = Math.min(due + ((now - last) * visitors.rate) / 1_000, MOST_AT_ONCE)
    last = now
    for (; due >= 1 && underWay.size < MOST_AT_ONCE; due -= 1) {
      const visiting = request(pick(visitors.random), visitors).finally(() => underWay.delete(visiting))
      underWay.add(visiting)
    }
    await sleep(TICK_MS)
  }
  await Promise.all(underWay)
}

async function request(route: Route, { url, world, random, record }: Visitors): Promise<void> {
  const { path, body } = route.visit(world, random)
  const begun = performance.now()
  try {
    const response = await fetch(url + path, {
      method: route.name.slice(0, route.name.indexOf(' ')),
      signal: AbortSignal.timeout(PATIENCE_MS),
      ...(body !== undefined && {
        headers: { 'content-type': 'application/json', 'idempotency-key': crypto.randomUUID() },
        body: JSON.stringify(body),
      }),
    })
    const answer = (await response.json()) as { id: string }
    const source = response.headers.get('fulcrum-source') ?? undefined
    record(route, { status: response.status, source, ms: performance.now() - begun })
    if (response.ok) route.learn?.(answer, world)
  } catch {
    record(route, { status: 0, source: undefined, ms: performance.now() - begun })
  }
}
