import { command, event, module } from 'fulcrum'
import type { App } from 'fulcrum/app'
import pg from 'pg'
import { expect, it } from 'vitest'
import { z } from 'zod'
import { waitFor } from '../../support/wait-for.ts'
import { type Deliver, type Fact, happen, log, Noticed, noteDown, startBus } from './bus-app.ts'
import { FreshBus } from './fresh-bus.ts'

const bus = new FreshBus()

async function start(...args: Parameters<typeof log>): Promise<App> {
  return bus.use(startBus(bus.url, [log(...args)]))
}

async function entries(count: number): Promise<Fact[]> {
  return waitFor(async () => {
    const { rows } = await bus.client.query<Fact>('SELECT thing, n FROM log.entry ORDER BY at')
    return rows.length >= count && rows
  })
}

it('delivery.order makes the key: what has the same one waits, everything else goes on', async () => {
  let isBroken = true
  const deliver: Deliver = async (fact, ctx) => {
    if (isBroken && fact.n === 1) throw new Error('no')
    await noteDown(fact, ctx)
  }
  // Without an order, all events without a key would wait for the first one.
  const order = ({ n }: Fact): string => (n % 2 === 0 ? 'even' : 'odd')
  const app = await start({ contract: { delivery: { order, backoff: '20ms' } } }, deliver, Noticed as never)
  await app.call(happen, { thing: 'a', ns: [1, 2, 3, 4] })
  expect((await entries(2)).map(({ n }) => n)).toEqual([2, 4])
  isBroken = false
  expect((await entries(4)).map(({ n }) => n)).toEqual([2, 4, 1, 3])
})

it.each([
  [1, 1],
  [3, 3],
])(
  'delivery.concurrency %i: so many handlers at once, and those of one key in order',
  async (concurrency, most) => {
    let running = 0
    let greatest = 0
    let isOpen = false
    const ended: string[] = []
    const deliver: Deliver = async ({ thing, n }) => {
      running += 1
      greatest = Math.max(greatest, running)
      await waitFor(() => isOpen || running === most)
      isOpen ||= running === most
      ended.push(`${thing}${n}`)
      running -= 1
    }
    const app = await start({ contract: { delivery: { concurrency } } }, deliver)
    await bus.client.query('BEGIN; LOCK TABLE fulcrum.subscription')
    for (const n of [1, 2])
      for (const thing of ['a', 'b', 'c', 'd']) await app.call(happen, { thing, ns: [n] })
    await bus.client.query('COMMIT')
    await waitFor(() => ended.length >= 8)
    expect(greatest).toBe(most)
    for (const thing of ['a', 'b', 'c', 'd'])
      expect(ended.filter((each) => each.startsWith(thing))).toEqual([`${thing}1`, `${thing}2`])
  },
)

it('an event whose time is over is not delivered, and holds up nobody', async () => {
  const Told = event('briefs.Told', z.object({ n: z.int() }), { expires: '1h' })
  const tell = command('briefs.tell', { input: z.object({ n: z.int() }), emits: [Told] })
  const seen: number[] = []
  const briefs = module('briefs', {
    handlers: (on) => [
      on(tell, (data, { emit }) => emit(Told, data)),
      on(Told, ({ n }) => void seen.push(n)),
    ],
  })
  const app = await bus.use(startBus(bus.url, [briefs]))
  await bus.client.query('BEGIN; LOCK TABLE fulcrum.subscription')
  await app.call(tell, { n: 1 })
  await app.call(tell, { n: 2 })
  const late = new pg.Client({ connectionString: bus.url })
  await late.connect()
  await late.query(`UPDATE fulcrum.outbox SET expires = now() - interval '1 second' WHERE data ->> 'n' = '1'`)
  await late.end()
  await bus.client.query('COMMIT')
  await waitFor(() => seen.length > 0)
  await waitFor(async () => (await app.events.subscriptions()).every(({ lag }) => lag === 0))
  expect(seen).toEqual([2])
  expect(await app.events.deadLetters()).toEqual([])
})
