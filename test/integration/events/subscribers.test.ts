import { event, module } from 'fulcrum'
import type { App } from 'fulcrum/app'
import pg from 'pg'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { waitFor } from '../../support/wait-for.ts'
import { type Fact, happen, Happened, log, Noticed, noteDown, startBus } from './bus-app.ts'
import { FreshBus } from './fresh-bus.ts'

const bus = new FreshBus()

async function start(
  ...args: Parameters<typeof startBus> extends [string, ...infer Rest] ? Rest : never
): Promise<App> {
  return bus.use(startBus(bus.url, ...args))
}

async function entries(table = 'log'): Promise<Fact[]> {
  const { rows } = await bus.client.query<Fact>(`SELECT thing, n FROM ${table}.entry ORDER BY at`)
  return rows
}

/** Waits until so many entries are there, and a moment in which there could be more. */
async function settled(count: number, table?: string): Promise<Fact[]> {
  await waitFor(async () => (await entries(table)).length >= count, { deadline: 20_000 })
  await waitFor(async () => (await behind()) === 0, { deadline: 20_000, what: 'nothing is left to deliver' })
  return entries(table)
}

async function behind(): Promise<number> {
  const { rows } = await bus.client.query<{ n: number }>(
    `SELECT (SELECT count(*)::int FROM fulcrum.subscription s JOIN fulcrum.outbox o ON o.seq > s.upto AND o.type = ANY (s.types)
       AND NOT pg_visible_in_snapshot(o.xid, s.done))
     + (SELECT count(*)::int FROM fulcrum.undelivered WHERE dead_at IS NULL) AS n`,
  )
  return rows[0]?.n ?? -1
}

const range = (length: number): number[] => Array.from({ length }, (_, n) => n)

describe('a subscriber', () => {
  it('is given each event once, in the order of the commits of its key', async () => {
    const app = await start([log()])
    for (const n of range(20)) await app.call(happen, { thing: n % 2 === 0 ? 'a' : 'b', ns: [n] })
    expect(await settled(20)).toEqual(range(20).map((n) => ({ thing: n % 2 === 0 ? 'a' : 'b', n })))
  })

  it('is given what was committed from the moment on when it was first seen', async () => {
    const before = await start([])
    await before.call(happen, { thing: 'a', ns: [1] })
    const app = await start([log()])
    await app.call(happen, { thing: 'a', ns: [2] })
    expect(await settled(1)).toEqual([{ thing: 'a', n: 2 }])
  })

  it('goes on where it was', async () => {
    const first = await start([log()])
    await first.call(happen, { thing: 'a', ns: [1] })
    await settled(1)
    await first.close()
    const without = await start([])
    await without.call(happen, { thing: 'a', ns: [2, 3] })
    await start([log()])
    expect(await settled(3)).toEqual([1, 2, 3].map((n) => ({ thing: 'a', n })))
  })

  it('is not passed by an event that was numbered early and committed late', async () => {
    const app = await start([log()])
    await bus.client.query('BEGIN')
    await bus.client.query(
      `INSERT INTO fulcrum.outbox (id, type, time, key, data) VALUES (gen_random_uuid(), 'things.Happened', now(), 'a', '{"thing":"late","n":1}')`,
    )
    const other = new pg.Client({ connectionString: bus.url })
    await other.connect()
    try {
      await app.call(happen, { thing: 'early', ns: [2] })
      await waitFor(async () => (await other.query('SELECT 1 FROM log.entry')).rowCount === 1)
    } finally {
      await other.end()
    }
    await bus.client.query('COMMIT')
    await app.call(happen, { thing: 'after', ns: [3] })
    expect((await settled(3)).map(({ thing }) => thing)).toEqual(['early', 'late', 'after'])
  })

  it('goes on after a batch that took exactly what there was', async () => {
    const app = await start([log()])
    await app.call(happen, { thing: 'a', ns: range(16) })
    await settled(16)
    await app.call(happen, { thing: 'a', ns: [16] })
    expect((await settled(17)).map(({ n }) => n)).toEqual(range(17))
  })

  it('has the envelope of the event', async () => {
    const seen: unknown[] = []
    const app = await start([
      log({}, (_fact, { event: { id, source, type, time, attempts } }) => {
        seen.push({
          source,
          type,
          attempts,
          isId: /^[0-9a-f-]{36}$/.test(id),
          isNow: Date.now() - time.getTime() < 60_000,
        })
      }),
    ])
    await app.call(happen, { thing: 'a', ns: [1] })
    await waitFor(() => seen.length > 0)
    expect(seen).toEqual([
      { source: '/things', type: 'things.Happened', attempts: 0, isId: true, isNow: true },
    ])
  })

  it('emits events of its own with what it does', async () => {
    const Logged = event('log.Logged', z.object({ thing: z.string(), n: z.int() }))
    const chained = module('chained', {
      migrations: [{ name: '0001', up: 'CREATE TABLE entry (at bigserial PRIMARY KEY, thing text, n int)' }],
      handlers: (on) => [
        on(Logged, async ({ thing, n }, { sql }) => {
          await sql`insert into chained.entry (thing, n) values (${thing}, ${n})`
        }),
      ],
    })
    const first = module('log', {
      handlers: (on) => [on(Happened, (fact, { emit }) => emit(Logged, fact), { emits: [Logged] })],
    })
    const app = await start([first, chained])
    await app.call(happen, { thing: 'a', ns: range(5) })
    expect(await settled(5, 'chained')).toEqual(range(5).map((n) => ({ thing: 'a', n })))
  })
})

describe('a handler that fails', () => {
  it('leaves nothing behind, and is tried again', async () => {
    let failures = 0
    const app = await start([
      log({ contract: { delivery: { backoff: '20ms' } } }, async (fact, ctx) => {
        await noteDown(fact, ctx)
        if (fact.n === 3 && failures++ < 4) throw new Error('not now')
      }),
    ])
    await app.call(happen, { thing: 'a', ns: range(8) })
    expect(await settled(8)).toEqual(range(8).map((n) => ({ thing: 'a', n })))
    expect(failures).toBe(5)
  })

  it('holds up its key, and nobody else', async () => {
    let isBroken = true
    const app = await start([
      log({ contract: { delivery: { backoff: '20ms', attempts: 1_000 } } }, async (fact, ctx) => {
        if (fact.thing === 'bad' && isBroken) throw new Error('broken')
        await noteDown(fact, ctx)
      }),
    ])
    await app.call(happen, { thing: 'bad', ns: [1, 2] })
    await app.call(happen, { thing: 'good', ns: [1, 2, 3] })
    await app.call(happen, { thing: 'bad', ns: [3] })
    await waitFor(async () => (await entries()).length === 3)
    expect((await entries()).map(({ thing }) => thing)).toEqual(['good', 'good', 'good'])
    isBroken = false
    const all = await settled(6)
    expect(all.filter(({ thing }) => thing === 'bad').map(({ n }) => n)).toEqual([1, 2, 3])
  })

  it('holds up everything where there is no key', async () => {
    let isBroken = true
    const app = await start([
      log(
        { contract: { delivery: { backoff: '20ms', attempts: 1_000 } } },
        async (fact, ctx) => {
          if (fact.thing === 'bad' && isBroken) throw new Error('broken')
          await noteDown(fact, ctx)
        },
        Noticed as unknown as typeof Happened,
      ),
    ])
    await app.call(happen, { thing: 'bad', ns: [1] })
    await app.call(happen, { thing: 'good', ns: [1] })
    await waitFor(async () => (await bus.client.query('SELECT 1 FROM fulcrum.undelivered')).rowCount === 2)
    isBroken = false
    expect((await settled(2)).map(({ thing }) => thing)).toEqual(['bad', 'good'])
  })

  it('makes dead letters in the end, with the reason, and those behind them go on', async () => {
    const lines: string[] = []
    const app = await start(
      [
        log({ contract: { delivery: { attempts: 3, backoff: '5ms' } } }, async (fact, ctx) => {
          if (fact.n === 1) throw new Error('poison')
          await noteDown(fact, ctx)
        }),
      ],
      lines,
    )
    await app.call(happen, { thing: 'a', ns: [0, 1, 2] })
    expect((await settled(2)).map(({ n }) => n)).toEqual([0, 2])
    const { rows } = await bus.client.query(
      'SELECT attempts, reason, data FROM fulcrum.undelivered WHERE dead_at IS NOT NULL',
    )
    expect(rows).toEqual([{ attempts: 3, reason: 'Error: poison', data: { thing: 'a', n: 1 } }])
    expect(lines.join('\n')).toContain('log.onHappened gave up on things.Happened')
  })

  it('does not hold up other subscribers', async () => {
    const other = module('other', {
      migrations: [{ name: '0001', up: 'CREATE TABLE entry (at bigserial PRIMARY KEY, thing text, n int)' }],
      handlers: (on) => [
        on(Happened, async ({ thing, n }, { sql }) => {
          await sql`insert into other.entry (thing, n) values (${thing}, ${n})`
        }),
      ],
    })
    const { promise: stuck, resolve: release } = Promise.withResolvers<void>()
    const app = await start([log({}, () => stuck), other])
    await app.call(happen, { thing: 'a', ns: range(3) })
    await waitFor(async () => (await entries('other')).length === 3).finally(release)
  })
})

describe('several instances', () => {
  it('deliver each event once between them, in order', async () => {
    const subscriber = (): ReturnType<typeof log> =>
      log({ contract: { transaction: { isolation: 'read committed' } } })
    const both = await Promise.all([start([subscriber()]), start([subscriber()])])
    const things = range(10).map((n) => `thing ${n}`)
    await Promise.all(
      things.map(async (thing, index) => {
        for (const n of range(20))
          await both[(n + index) % 2]?.call(happen, { thing, ns: [2 * n, 2 * n + 1] })
      }),
    )
    const all = await settled(400)
    expect(all).toHaveLength(400)
    for (const thing of things)
      expect(all.filter((entry) => entry.thing === thing).map(({ n }) => n)).toEqual(range(40))
  })
})
