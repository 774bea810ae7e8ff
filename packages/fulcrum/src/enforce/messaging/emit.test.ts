import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { command } from '../../declare/command.ts'
import type { CommandContext } from '../../declare/context.ts'
import { event, type EventDeclaration } from '../../declare/event.ts'
import { module } from '../../declare/module.ts'
import type { AnyOperation } from '../../declare/operation.ts'
import type { Schema } from '../../declare/schema.ts'
import { createVirtualClock } from '../../kernel/clock-virtual.ts'
import { silentObserver } from '../../kernel/observer.ts'
import { createSeededRandom } from '../../kernel/random-seeded.ts'
import { plan } from '../../plan/compile-plan.ts'
import type { OutboxEvent } from '../../ports/outbox.ts'
import { createRuntime } from '../runtime/create-runtime.ts'
import type { CallRequest } from '../runtime/runtime.ts'
import { MemoryStore } from '../runtime/store.fixture.ts'
import { Outgoing } from './outgoing.ts'

const Sold = event('shop.Sold', z.object({ sku: z.string(), at: z.string().transform(Number) }), {
  key: ({ sku, at }) => `${sku}/${at + 1}`,
  expires: '1m',
})
const Counted = event('shop.Counted', z.object({}))

const count = command('shop.count', { emits: [Counted] })
const sell = command('shop.sell', {
  emits: [Sold, Counted],
  contract: { transaction: { joins: [count] } },
})

type Context = CommandContext<unknown, never, EventDeclaration, string>
type Handler = (ctx: Context) => unknown

interface World {
  /** What has been committed. */
  readonly written: OutboxEvent[][]
  readonly sell: (request?: CallRequest) => Promise<unknown>
}

/** A shop whose outbox is a list. What is appended to it counts once the transaction commits. */
function world(handler: Handler, operation: AnyOperation = sell): World {
  const clock = createVirtualClock({ start: 1_000 })
  const random = createSeededRandom(1)
  const store = new MemoryStore(clock)
  const written: OutboxEvent[][] = []
  const outgoing = new Outgoing({
    append: (tx, events) => {
      tx.withCommit(`set outbox ${events.length}`, [])
      pending.push([...events])
    },
  })
  const pending: OutboxEvent[][] = []
  store.onCommit = () => written.push(...pending.splice(0))
  const operations = [bound(operation, handler), bound(count, ({ emit }) => emit(Counted, {}))]
  const runtime = createRuntime({ operations, store, outgoing, clock, random, observer: silentObserver })
  const compiled = runtime.find(operation)
  return {
    written,
    sell: (request = {}) => clock.drive(compiled?.call(request, undefined) ?? Promise.resolve()),
  }

  function bound(
    operation: AnyOperation,
    run: Handler,
  ): Parameters<typeof createRuntime>[0]['operations'][number] {
    const holder = module('shop', { handlers: () => [] })
    const planned = plan(operation, holder, { store: { ...store.capabilities, outbox: true } })
    expect(planned.refusals).toEqual([])
    return {
      operation,
      module: holder,
      plan: planned,
      handler: (_: never, ctx: never) => run(ctx),
      bindDb: undefined,
    }
  }
}

describe('events of a command', () => {
  it('are written together, in their order, with what was given for the schema', async () => {
    const shop = world(({ emit }) => {
      emit(Sold, { sku: 'a', at: '7' })
      emit(Counted, {})
    })
    await shop.sell()
    expect(shop.written).toEqual([
      [
        expect.objectContaining({
          type: 'shop.Sold',
          key: 'a/8',
          data: '{"sku":"a","at":"7"}',
          time: 1_000,
          expires: 61_000,
        }),
        expect.objectContaining({ type: 'shop.Counted', key: null, data: '{}', expires: null }),
      ],
    ])
    expect(new Set(shop.written.flat().map(({ id }) => id)).size).toBe(2)
  })

  it('travel with those of commands that run inside it', async () => {
    const shop = world(async ({ emit, call }) => {
      emit(Sold, { sku: 'a', at: '1' })
      await call(count as never)
      emit(Sold, { sku: 'b', at: '2' })
    })
    await shop.sell()
    expect(shop.written.map((events) => events.map(({ type }) => type))).toEqual([
      ['shop.Sold', 'shop.Counted', 'shop.Sold'],
    ])
  })

  it('carry on the trace of the call, those of commands inside it, too', async () => {
    const shop = world(async ({ emit, call }) => {
      emit(Sold, { sku: 'a', at: '1' })
      await call(count as never)
    })
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
    await shop.sell({ traceparent })
    await shop.sell()
    const envelopes = shop.written.map((events) => events.map(({ envelope }) => envelope))
    expect(envelopes).toEqual([
      [{ traceparent }, { traceparent }],
      [null, null],
    ])
  })

  it('are gone when it fails', async () => {
    const shop = world(({ emit }) => {
      emit(Counted, {})
      throw new Error('no')
    })
    await expect(shop.sell()).rejects.toThrow('no')
    expect(shop.written).toEqual([])
  })

  it('fail it when their data does not match, with the event and the issue', async () => {
    const shop = world(({ emit }) => emit(Sold, { sku: 1 as never, at: '1' }))
    await expect(shop.sell()).rejects.toMatchObject({
      code: 'FUL-3030',
      params: { event: 'shop.Sold', summary: 'sku: Invalid input: expected string, received number' },
    })
    expect(shop.written).toEqual([])
  })

  it('fail it also where the schema takes its time to say so', async () => {
    const Slow = event('shop.Sold', slowly({ issues: [{ message: 'no' }] }))
    const slow = command('shop.sell', { emits: [Slow] })
    expect(slow.emits).toEqual([Slow])
    const shop = world(({ emit }) => emit(Slow, {}), slow)
    await expect(shop.sell()).rejects.toMatchObject({ code: 'FUL-3030' })
    expect(shop.written).toEqual([])
  })

  it('are refused when it does not declare them', async () => {
    const Other = event('shop.Other', z.object({}))
    const shop = world(({ emit }) => emit(Other, {}))
    await expect(shop.sell()).rejects.toMatchObject({
      code: 'FUL-3031',
      params: { found: 'shop.Other', declared: 'shop.Sold, shop.Counted' },
    })
  })

  it('are refused when it is over', async () => {
    let late: (() => void) | undefined
    const shop = world(({ emit }) => {
      late = () => emit(Counted, {})
    })
    await shop.sell()
    expect(late).toThrow(expect.objectContaining({ code: 'FUL-3012' }))
  })
})

function slowly(result: object): Schema {
  return { '~standard': { version: 1, vendor: 'test', validate: async () => result as never } }
}
