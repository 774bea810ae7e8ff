import { describe, expect, it } from 'vitest'
import { event } from '../../declare/event.ts'
import { module } from '../../declare/module.ts'
import { createVirtualClock } from '../../kernel/clock-virtual.ts'
import { silentObserver } from '../../kernel/observer.ts'
import { createSeededRandom } from '../../kernel/random-seeded.ts'
import { plan } from '../../plan/compile-plan.ts'
import type { Signals } from '../../ports/signals.ts'
import type { Piece, Subscriptions } from '../../ports/subscriptions.ts'
import { z } from 'zod'
import { createRuntime } from '../runtime/create-runtime.ts'
import { MemoryStore } from '../runtime/store.fixture.ts'
import { Outgoing } from './outgoing.ts'
import { Relay } from './relay.ts'

const Sold = event('shop.Sold', z.object({}))
const NOTHING: Piece = {
  cursor: { name: 'log.onSold', version: '1', row: '(0,1)' },
  events: [],
  isWhole: true,
  snapshot: '1:1:',
  newest: '0',
  behind: 0,
  isBounded: false,
  troubled: 0,
  kept: 0,
  since: undefined,
}

/** An instance with one subscriber, for which there is nothing. */
function world(isListening: boolean) {
  const clock = createVirtualClock({ start: 0 })
  const random = createSeededRandom(1)
  const store = new MemoryStore(clock)
  const log = module('log', { handlers: (on) => [on(Sold, () => {})] })
  const operations = log.bindings.map(({ target, handler }) => ({
    operation: target,
    module: log,
    plan: plan(target, log, { store: { ...store.capabilities, outbox: true } }),
    handler,
    bindDb: undefined,
  }))
  const { subscribers } = createRuntime({ operations, store, clock, random, observer: silentObserver })
  const at = { pulses: [] as number[], reads: [] as number[] }
  const database = { pulse: '0' }
  const subscriptions = {
    ensure: async () => {},
    pulse: async () => (at.pulses.push(clock.now()), database.pulse),
    read: async () => (at.reads.push(clock.now()), NOTHING),
    counts: async () => [],
  } as unknown as Subscriptions
  let heard = (): void => {}
  const signals = { listen: (listener: () => void) => (heard = listener), isListening } as unknown as Signals
  const outgoing = new Outgoing({ append: () => {} })
  const relay = new Relay({ subscribers, subscriptions, outgoing, signals, clock, random, log: () => {} })
  const between = (list: readonly number[], from: number, to: number): number[] =>
    list.filter((ms) => ms >= from && ms < to)
  return { clock, at, database, outgoing, relay, between, hear: () => heard() }
}

describe('a relay', () => {
  it('looks at once when this instance has committed, and when another one says that it has', async () => {
    const { clock, at, outgoing, relay, between, hear } = world(true)
    await relay.start()
    await clock.runUntil(5_300)
    outgoing.committed()
    await clock.runUntil(5_400)
    hear()
    await clock.runUntil(5_500)
    expect(between(at.reads, 5_000, 5_500)).toEqual([5_300, 5_400])
    await clock.drive(relay.stop())
  })

  it('finds within a second what nobody has told of', async () => {
    const { clock, at, database, relay, between } = world(true)
    await relay.start()
    await clock.runUntil(5_100)
    database.pulse = '1'
    await clock.runUntil(6_100)
    expect(between(at.reads, 5_100, 6_100)).toHaveLength(1)
    await clock.drive(relay.stop())
  })

  it.each([
    ['once a second while signals arrive', true, 3],
    ['more often while they do not', false, 8],
  ])('asks for what there is %s, also where there is something', async (_, isListening, most) => {
    const { clock, at, database, relay, between } = world(isListening)
    await relay.start()
    await clock.runUntil(60_000)
    expect(between(at.pulses, 50_000, 60_000)).toHaveLength(10)
    database.pulse = '1'
    await clock.runUntil(62_000)
    expect(between(at.pulses, 60_000, 62_000).length).toBeLessThanOrEqual(most)
    expect(between(at.pulses, 60_000, 62_000).length).toBeGreaterThan(most - 3)
    await clock.drive(relay.stop())
  })
})
