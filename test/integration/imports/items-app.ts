import { command, importReport, module, ndjson, query, tag } from 'fulcrum'
import { type App, createApp, defineConfig } from 'fulcrum/app'
import type { StoreSource } from 'fulcrum/postgres'
import { z } from 'zod'

/** An application that imports items, and counts how often each of them was. */

const items = tag('items')

export const importItems = command('items.import', {
  input: ndjson(z.object({ id: z.int(), name: z.string().min(1) })),
  output: importReport,
  http: 'POST /items/import',
  changes: () => [items()],
  contract: { idempotency: { key: 'header' }, latency: { deadline: '20s' } },
})

export const countItems = query('items.count', {
  output: z.object({ items: z.int(), most: z.int() }),
  http: 'GET /items',
  reads: () => [items()],
  contract: { consistency: { session: 'read-your-writes' }, cache: { strategy: 'aside', ttl: '1m' } },
})

/** What the handler does besides. */
export class Probe {
  batches: number[] = []
  hold: Promise<void> | undefined = undefined
}

export interface ItemsApp extends AsyncDisposable {
  readonly app: App
  readonly url: string
  readonly probe: Probe
}

export async function itemsApp(store: StoreSource): Promise<ItemsApp> {
  const probe = new Probe()
  const holder = module('items', {
    migrations: [
      {
        name: '0001_item',
        up: 'CREATE TABLE item (id int PRIMARY KEY, name text NOT NULL, times int NOT NULL DEFAULT 1)',
      },
    ],
    handlers: (on) => [
      on(importItems, async (rows, { sql }) => {
        probe.batches.push(rows.length)
        await probe.hold
        await sql`
          INSERT INTO items.item (id, name)
          SELECT * FROM unnest(${rows.map(({ id }) => id)}::int[], ${rows.map(({ name }) => name)}::text[])
          ON CONFLICT (id) DO UPDATE SET name = excluded.name, times = item.times + 1`
      }),
      on(countItems, async (_, { sql }) => {
        const [row] = await sql<{ items: number; most: number }>`
          SELECT count(*)::int AS items, coalesce(max(times), 0) AS most FROM items.item`
        return row ?? { items: 0, most: 0 }
      }),
    ],
  })
  const app = createApp(defineConfig({ modules: [holder], store }), { log: () => {} })
  const { url } = await app.listen({ port: 0 })
  return { app, url, probe, [Symbol.asyncDispose]: () => app.close() }
}

export interface Sent {
  readonly status: number
  readonly body: Record<string, unknown>
  readonly replay: string | null
}

/** Lines of items with these ids. */
export function linesOf(from: number, count: number): string {
  return Array.from({ length: count }, (_, n) => `{"id":${from + n},"name":"item ${from + n}"}\n`).join('')
}

export async function send(
  url: string,
  body: RequestInit['body'],
  key: string,
  init: RequestInit = {},
): Promise<Sent> {
  const response = await fetch(`${url}/items/import`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-ndjson', 'idempotency-key': key },
    body: body ?? null,
    ...init,
  })
  return {
    status: response.status,
    body: (await response.json()) as Record<string, unknown>,
    replay: response.headers.get('idempotent-replay'),
  }
}
