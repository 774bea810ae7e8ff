import type { App } from 'fulcrum/app'
import { postgres } from 'fulcrum/postgres'
import pg from 'pg'
import { describe, expect, it } from 'vitest'
import { Deadline } from '../../../packages/fulcrum/src/kernel/deadline.ts'
import { random } from '../../support/parts.ts'
import { waitFor } from '../../support/wait-for.ts'
import { call, clock } from '../postgres/harness.ts'
import {
  asks,
  eventual,
  form,
  type Form,
  impatient,
  own,
  place,
  ship,
  startOrders,
  strong,
} from './projection-app.ts'
import { FreshBus } from './fresh-bus.ts'

const bus = new FreshBus()

async function start(given?: Form): Promise<App> {
  return bus.use(startOrders(bus.url, given))
}

const ann = (id: string) => ({ id, customer: 'ann' })
const range = (length: number): number[] => Array.from({ length }, (_, n) => n)

async function entries(): Promise<{ id: string; state: string; times: number }[]> {
  const { rows } = await bus.client.query<{ id: string; state: string; times: number }>(
    'SELECT id, state, times FROM orders__order_history.entry ORDER BY n',
  )
  return rows
}

describe('a projection', () => {
  it('has what its events tell, each once and in the order of their key, expired or not', async () => {
    const [a, b] = [await start(), await start()]
    for (const n of range(20)) {
      await a.call(place, ann(`${n}`))
      await b.call(ship, ann(`${n}`))
    }
    await a.call(strong, { customer: 'ann' })
    expect(await entries()).toEqual(range(20).map((n) => ({ id: `${n}`, state: 'shipped', times: 1 })))
  })

  it('begins with the first event that is kept', async () => {
    const app = await start()
    await app.call(place, ann('1'))
    await app.call(strong, { customer: 'ann' })
    await bus.stop(app)
    await bus.client.query(`DELETE FROM fulcrum.subscription; TRUNCATE orders__order_history.entry`)
    const again = await start()
    await again.call(place, ann('2'))
    expect(await again.call(strong, { customer: 'ann' })).toHaveLength(2)
  })

  it('is refused where the first events are gone, unless it is filled from tables', async () => {
    const app = await start()
    for (const id of ['1', '2']) await app.call(place, ann(id))
    await app.call(strong, { customer: 'ann' })
    await bus.stop(app)
    await bus.client.query(`DELETE FROM fulcrum.subscription; TRUNCATE orders__order_history.entry;
      DELETE FROM fulcrum.outbox; INSERT INTO fulcrum.pruned VALUES ('orders.Placed')`)
    await expect(startOrders(bus.url)).rejects.toMatchObject({
      code: 'FUL-4051',
      params: { name: 'orders.orderHistory', missing: 'orders.Placed' },
    })
    const seeded = await start({
      ...form,
      seed: async ({ sql }) => {
        await sql`insert into entry (id, customer, state, times) select id, customer, 'seeded', 1 from orders.placed`
      },
    })
    await seeded.call(place, ann('3'))
    const found = await seeded.call(strong, { customer: 'ann' })
    expect(found.map(({ id, state }) => `${id} ${state}`).toSorted()).toEqual([
      '1 seeded',
      '2 seeded',
      '3 placed',
    ])
  })

  it('is not given again what its tables have already', async () => {
    const app = await start()
    const replayed = app.events.replay('orders.orderHistory', new Date(0))
    await expect(replayed).rejects.toMatchObject({ code: 'FUL-1002' })
  })

  it('notes which events were deleted', async () => {
    const app = await start()
    await app.call(place, ann('1'))
    await app.call(strong, { customer: 'ann' })
    await app.call(place, ann('2'))
    await app.call(strong, { customer: 'ann' })
    const opened = await postgres({ url: bus.url }).open({ clock, random, log: () => {} })
    try {
      await waitFor(async () => {
        await app.call(strong, { customer: 'ann' })
        return ((await opened.subscriptions?.prune(call(), 0)) ?? 0) > 0
      })
    } finally {
      await opened.store.close(Deadline.after(clock, 5_000))
    }
    const { rows } = await bus.client.query('SELECT type FROM fulcrum.pruned')
    expect(rows).toEqual([{ type: 'orders.Placed' }])
  })
})

describe('a query that reads a projection', () => {
  it('shows a session what it has just written, on every instance', async () => {
    const instances = [await start(), await start()]
    const session = instances[0]?.session() ?? expect.fail()
    for (const n of range(30)) {
      const [writer, reader] = [instances[n % 2], instances[(n + 1) % 2]] as [App, App]
      const sent = writer.session(session.token())
      await writer.call(place, { id: `${n}`, customer: `c${n}` }, { session: sent })
      const found = await reader.call(own, { customer: `c${n}` }, { session: reader.session(sent.token()) })
      expect(found).toEqual([{ id: `${n}`, state: 'placed' }])
    }
  })

  it('waits for nothing that the session has not written', async () => {
    const app = await start()
    const session = app.session()
    await app.call(place, ann('1'), { session })
    await app.call(own, { customer: 'ann' }, { session })
    await using _ = await blocked()
    await app.call(place, ann('2'))
    expect(await app.call(impatient, { customer: 'ann' }, { session })).toHaveLength(1)
  })

  it('says so where the projection does not come there in time, and answers where it need not', async () => {
    const app = await start()
    const session = app.session()
    await app.call(own, { customer: 'ann' }, { session })
    {
      await using _ = await blocked()
      await app.call(place, ann('1'), { session })
      const late = app.call(impatient, { customer: 'ann' }, { session })
      await expect(late).rejects.toMatchObject({ code: 'FUL-3050' })
      expect(await app.call(eventual, { customer: 'ann' })).toEqual([])
      const unknown = app.call(impatient, { customer: 'ann' })
      await expect(unknown).rejects.toMatchObject({ code: 'FUL-3050' })
    }
    expect(await app.call(own, { customer: 'ann' }, { session })).toHaveLength(1)
  })

  it('is not shown a projection that lacks an event', async () => {
    const app = await start()
    await app.call(place, ann('poison'))
    await waitFor(async () => (await app.events.deadLetters()).length === 1)
    await expect(app.call(impatient, { customer: 'ann' })).rejects.toMatchObject({ code: 'FUL-3050' })
    expect(await app.call(eventual, { customer: 'ann' })).toEqual([])
  })

  it('is refused where it could not wait', async () => {
    const app = await start()
    await expect(app.call(asks, ann('1'))).rejects.toMatchObject({ code: 'FUL-3007' })
  })
})

/** Nothing is written to the tables of the projection until it is disposed of. */
async function blocked(): Promise<AsyncDisposable> {
  const blocking = new pg.Client({ connectionString: bus.url })
  await blocking.connect()
  await blocking.query('BEGIN; LOCK TABLE orders__order_history.entry IN SHARE MODE')
  return { [Symbol.asyncDispose]: () => blocking.end() }
}
