import { event, type EventEnvelope, module, type Module } from 'fulcrum'
import type { App, CloudEvent } from 'fulcrum/app'
import { postgres } from 'fulcrum/postgres'
import { expect, it } from 'vitest'
import { z } from 'zod'
import { Deadline } from '../../../packages/fulcrum/src/kernel/deadline.ts'
import { random } from '../../support/parts.ts'
import { waitFor } from '../../support/wait-for.ts'
import { call, clock } from '../postgres/harness.ts'
import { startBus } from './bus-app.ts'
import { FreshBus } from './fresh-bus.ts'

/** Of a module that this application does not have. */
const Shipped = event('parcels.Shipped', z.object({ parcel: z.string(), n: z.int() }), {
  key: ({ parcel }) => parcel,
})

const bus = new FreshBus()

async function start(seen: EventEnvelope[] = []): Promise<App> {
  return bus.use(startBus(bus.url, [arrivals(seen)]))
}

function arrivals(seen: EventEnvelope[]): Module {
  return module('arrivals', {
    migrations: [{ name: '0001', up: 'CREATE TABLE entry (at bigserial PRIMARY KEY, parcel text, n int)' }],
    handlers: (on) => [
      on(
        Shipped,
        async ({ parcel, n }, { sql, event: envelope }) => {
          seen.push(envelope)
          if (n < 0) throw new Error('no')
          await sql`insert into arrivals.entry (parcel, n) values (${parcel}, ${n})`
        },
        { contract: { delivery: { attempts: 2, backoff: '10ms' } } },
      ),
    ],
  })
}

const shipped = (id: string, n: number, more: Partial<CloudEvent> = {}): CloudEvent => ({
  id,
  source: 'https://parcels.example/',
  type: 'parcels.Shipped',
  data: { parcel: 'a', n },
  ...more,
})

async function arrived(count: number): Promise<number[]> {
  return waitFor(async () => {
    const { rows } = await bus.client.query<{ n: number }>('SELECT n FROM arrivals.entry ORDER BY at')
    return rows.length >= count && rows.map(({ n }) => n)
  })
}

it('is taken in once, whoever brings it how often', async () => {
  const [a, b] = [await start(), await start()]
  const brought = await Promise.all([a, b, a, b, a, b].map(({ events }) => events.accept(shipped('one', 1))))
  expect(brought.toSorted()).toEqual(['accepted', ...Array<string>(5).fill('duplicate')])
  expect(await b.events.accept(shipped('one', 1))).toBe('duplicate')
  expect(await b.events.accept(shipped('one', 2, { source: '/elsewhere' }))).toBe('accepted')
  expect(await arrived(2)).toEqual([1, 2])
})

it('many are taken in together, in their order, those that repeat one of them apart', async () => {
  const { events } = await start()
  await events.accept(shipped('3', 3))
  const ids = ['9', '3', '7', '9', '1']
  const outcomes = await events.acceptMany(ids.map((id) => shipped(id, Number(id))))
  expect(outcomes).toEqual(['accepted', 'duplicate', 'accepted', 'duplicate', 'accepted'])
  expect(await events.acceptMany([])).toEqual([])
  expect(await arrived(4)).toEqual([3, 9, 7, 1])
})

it('keeps its envelope, also where it has to wait', async () => {
  const seen: EventEnvelope[] = []
  const { events } = await start(seen)
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
  const time = '2026-01-02T03:04:05.678Z'
  await events.accept(shipped('x', -1, { time, traceparent, fulcrumtoken: 'of-parcels' }))
  await waitFor(async () => (await events.deadLetters()).length === 1)
  const envelope = { id: 'x', source: 'https://parcels.example/', type: 'parcels.Shipped', traceparent }
  expect(seen).toEqual(
    // Tried as a part of a batch, alone, and again.
    seen.map(({ attempts }) => ({ ...envelope, time: new Date(time), token: 'of-parcels', attempts })),
  )
  expect(seen.at(-1)?.attempts).toBe(1)
})

it('is not delivered when its time is over', async () => {
  const seen: EventEnvelope[] = []
  const { events } = await start(seen)
  await events.acceptMany([shipped('late', 1, { expirytime: '2020-01-01T00:00:00Z' }), shipped('ok', 2)])
  expect(await arrived(1)).toEqual([2])
  expect(seen.map(({ id }) => id)).toEqual(['ok'])
})

it('becomes a dead letter where its data does not match, and is in nobody’s way', async () => {
  const { events } = await start()
  await events.acceptMany([shipped('odd', 1, { data: { parcel: 7 } }), shipped('ok', 2)])
  expect(await arrived(1)).toEqual([2])
  await waitFor(async () => (await events.deadLetters()).length === 1)
})

it.each([
  ['an event of a module of its own', shipped('a', 1, { type: 'things.Happened' }), 'event.type'],
  ['an event that nobody subscribes to', shipped('a', 1, { type: 'parcels.Lost' }), 'event.type'],
  ['what has no id', shipped('', 1), 'event.id'],
  ['a time that is none', shipped('a', 1, { time: 'yesterday' }), 'event.time'],
  ['what is no event', null as never, 'event'],
])('%s is refused, and what comes with it', async (_, wrong, field) => {
  const { events } = await start()
  const both = events.acceptMany([shipped('fine', 1), wrong])
  await expect(both).rejects.toMatchObject({ code: 'FUL-1002', params: { field } })
  expect(await events.accept(shipped('fine', 1))).toBe('accepted')
})

it('is forgotten when no repetition is expected any more', async () => {
  const { events } = await start()
  await events.acceptMany([shipped('old', 1), shipped('new', 2)])
  await bus.client.query(`UPDATE fulcrum.inbox SET accepted_at = now() - interval '1 hour'
    WHERE id = (SELECT id FROM fulcrum.outbox WHERE data ->> 'n' = '1')`)
  const opened = await postgres({ url: bus.url }).open({ clock, random, log: () => {} })
  try {
    expect(await opened.inbox?.forget(call(), 3_700_000, 10)).toBe(0)
    expect(await opened.inbox?.forget(call(), 60_000, 10)).toBe(1)
  } finally {
    await opened.store.close(Deadline.after(clock, 5_000))
  }
  expect(await events.acceptMany([shipped('old', 1), shipped('new', 2)])).toEqual(['accepted', 'duplicate'])
})
