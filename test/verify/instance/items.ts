import { command, module, query, tag, type Sql } from 'fulcrum'
import { z } from 'zod'
import { READS, type ReadOperation } from './operations.ts'

/** What a row says: the database has counted its writes, and who made the last one is named. And for whom the answer was made, where that is told. */
const Item = z.object({ id: z.string(), version: z.int(), writer: z.int(), madeFor: z.string().optional() })
type Item = z.infer<typeof Item>

const item = tag('item', z.string())

/** One item or two, joined with a `+`: one member of the input, as most point reads have. */
const Input = z.object({ ids: z.string() })
const idsOf = (ids: string): string[] => ids.split('+').toSorted()
const tagsOf = ({ ids }: { ids: string }): ReturnType<typeof item>[] => idsOf(ids).map((id) => item(id))

function declare({ name, consistency, cache, short }: ReadOperation) {
  return query(`items.${name}`, {
    input: Input,
    output: z.array(Item),
    reads: tagsOf,
    http: `GET /${name}/:ids`,
    contract: {
      consistency,
      latency: { deadline: '3s', ...(short && { expect: '5ms' as const }) },
      data: { class: 'public' },
      ...(cache && { cache }),
    },
  })
}

const declared = READS.map((read) => ({ ...read, query: declare(read) }))

const written = {
  input: z.object({ ids: z.string(), writer: z.int() }),
  output: z.array(Item),
  changes: tagsOf,
}
const write = command('items.write', {
  ...written,
  http: 'POST /write',
  contract: {
    idempotency: 'none',
    latency: { deadline: '3s' },
    transaction: { isolation: 'read committed' },
  },
})
const writeSerializable = command('items.writeSerializable', {
  ...written,
  http: 'POST /writeSerializable',
  contract: { idempotency: 'none', latency: { deadline: '3s' } },
})

async function put(ids: string, writer: number, sql: Sql): Promise<Item[]> {
  const items: Item[] = []
  // One after the other in the order of their names: two writers of two items never wait for each other.
  for (const id of idsOf(ids)) {
    const [row] = await sql<Item>`
      UPDATE items.item SET version = version + 1, writer = ${writer} WHERE id = ${id} RETURNING id, version, writer`
    if (row === undefined) throw new Error(`there is no item ${id}`)
    await sql`INSERT INTO items.written (writer, id, version) VALUES (${writer}, ${id}, ${row.version})`
    items.push(row)
  }
  return items
}

async function look(ids: string, sql: Sql): Promise<Item[]> {
  return [
    ...(await sql<Item>`SELECT id, version, writer FROM items.item WHERE id = ANY(${idsOf(ids)}) ORDER BY id`),
  ]
}

async function lookSlowly(ids: string, sql: Sql): Promise<Item[]> {
  return [
    ...(await sql<Item>`
      SELECT id, version, writer FROM items.item, pg_sleep(0.005) WHERE id = ANY(${idsOf(ids)}) ORDER BY id`),
  ]
}

/** Each in a statement of its own: they are of one state because the contract says so. */
async function lookOneByOne(ids: string, sql: Sql): Promise<Item[]> {
  const items: Item[] = []
  for (const id of idsOf(ids)) items.push(...(await look(id, sql)))
  return items
}

function lookFor({ consistency, slow }: ReadOperation): typeof look {
  if (slow) return lookSlowly
  return typeof consistency === 'object' && consistency.snapshot === true ? lookOneByOne : look
}

export const items = module('items', {
  migrations: [
    {
      name: '0001_item',
      up: `
        CREATE TABLE item (id text PRIMARY KEY, version int NOT NULL, writer int NOT NULL);
        CREATE TABLE written (writer int, id text, version int, PRIMARY KEY (writer, id));
        INSERT INTO item SELECT 'k' || n, 0, 0 FROM generate_series(0, 63) AS n;`,
    },
  ],
  rows: { item: (row) => [item(String(row['id']))] },
  handlers: (on) => [
    ...declared.map((read) =>
      read.cache?.scope === 'principal'
        ? on(read.query, async ({ ids }, { sql, principal }) =>
            (await lookFor(read)(ids, sql)).map((row) => ({ ...row, madeFor: principal?.id })),
          )
        : on(read.query, ({ ids }, { sql }) => lookFor(read)(ids, sql)),
    ),
    on(write, ({ ids, writer }, { sql }) => put(ids, writer, sql)),
    on(writeSerializable, ({ ids, writer }, { sql }) => put(ids, writer, sql)),
  ],
})
