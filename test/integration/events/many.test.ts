import { module, type DeliveredEvent, type EventsContext } from 'fulcrum'
import { describe, expect, it } from 'vitest'
import { waitFor } from '../../support/wait-for.ts'
import { type Fact, happen, Happened, startBus } from './bus-app.ts'
import { FreshBus } from './fresh-bus.ts'

const bus = new FreshBus()

type Events = readonly DeliveredEvent<Fact>[]

/** Writes down what it is given, with one statement; `sizes` says how many that were each time. */
function summing(sizes: number[], before: (events: Events, ctx: EventsContext) => void = () => {}) {
  return module('log', {
    migrations: [
      {
        name: '0001',
        up: 'CREATE TABLE entry (at bigserial PRIMARY KEY, thing text NOT NULL, n int NOT NULL CHECK (n <> 13))',
      },
    ],
    handlers: (on) => [
      on(
        Happened,
        {
          many: async (events, ctx) => {
            before(events, ctx)
            sizes.push(events.length)
            const things = events.map(({ data }) => data.thing)
            const numbers = events.map(({ data }) => data.n)
            await ctx.sql`INSERT INTO log.entry (thing, n) SELECT * FROM unnest(${things}::text[], ${numbers}::int[])`
          },
        },
        { contract: { delivery: { attempts: 2, backoff: '1ms' } } },
      ),
    ],
  })
}

async function entries(): Promise<Fact[]> {
  return (await bus.client.query<Fact>('SELECT thing, n FROM log.entry ORDER BY at')).rows
}

const range = (length: number): number[] => Array.from({ length }, (_, n) => n)

describe('a form for many events', () => {
  it('is given all that there is, in the order of the commits, each event once', async () => {
    const sizes: number[] = []
    const app = await bus.use(startBus(bus.url, [summing(sizes)]))
    await app.call(happen, { thing: 'a', ns: range(300).filter((n) => n !== 13) })
    await waitFor(async () => (await entries()).length >= 299)
    await app.call(happen, { thing: 'a', ns: [300] })
    await waitFor(async () => (await entries()).length >= 300)
    expect((await entries()).map(({ n }) => n)).toEqual(range(301).filter((n) => n !== 13))
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(300)
    expect(Math.max(...sizes)).toBeGreaterThan(10)
  })

  it('is given less and less where it fails, until only the event at fault has failed', async () => {
    const app = await bus.use(startBus(bus.url, [summing([])]))
    await app.call(happen, { thing: 'bad', ns: [13] })
    await app.call(happen, { thing: 'good', ns: range(40).filter((n) => n !== 13) })
    const letters = () => app.events.deadLetters('log.onHappened')
    await waitFor(async () => (await letters()).length === 1 && (await entries()).length >= 39)
    expect((await entries()).map(({ n }) => n)).toEqual(range(40).filter((n) => n !== 13))
    expect(await letters()).toMatchObject([{ data: { thing: 'bad', n: 13 }, attempts: 2 }])
  })

  it('has the envelope of each event', async () => {
    const seen: string[] = []
    const note = (events: Events, ctx: EventsContext): void => {
      expect('event' in ctx && ctx.event).toBe(undefined)
      seen.push(...events.map(({ event }) => `${event.type} ${event.attempts} ${event.id.length}`))
    }
    const app = await bus.use(startBus(bus.url, [summing([], note)]))
    await app.call(happen, { thing: 'a', ns: [1, 2] })
    await waitFor(() => seen.length === 2)
    expect(seen).toEqual(['things.Happened 0 36', 'things.Happened 0 36'])
  })
})
