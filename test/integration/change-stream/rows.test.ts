import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type FreshDatabase, freshDatabase } from '../../support/database.ts'
import { Observer } from '../postgres/harness.ts'
import { TestStream } from './harness.ts'

const TABLES = ['person', 'keyed', 'full_row', 'document', 'computed', 'visit', 'Odd "Name"', 'moved']
const SCHEMA = `
CREATE SCHEMA people;
SET search_path = people;
CREATE TABLE person (id int PRIMARY KEY, name text, age int);
CREATE TABLE keyed (id int PRIMARY KEY, owner int NOT NULL, note text);
CREATE UNIQUE INDEX keyed_identity ON keyed (id, owner);
ALTER TABLE keyed REPLICA IDENTITY USING INDEX keyed_identity;
CREATE TABLE full_row (id int, note text);
ALTER TABLE full_row REPLICA IDENTITY FULL;
CREATE TABLE document (id int PRIMARY KEY, title text, body text);
ALTER TABLE document ALTER body SET STORAGE EXTERNAL;
CREATE TABLE computed (id int PRIMARY KEY, price numeric(10, 2), gross numeric(10, 2) GENERATED ALWAYS AS (price * 1.2) STORED,
  at timestamptz, tags text[], data jsonb, flag boolean, raw bytea);
CREATE TABLE visit (id int, day date, PRIMARY KEY (id, day)) PARTITION BY RANGE (day);
CREATE TABLE visit_1 PARTITION OF visit FOR VALUES FROM ('2026-01-01') TO ('2026-02-01');
CREATE TABLE visit_2 PARTITION OF visit FOR VALUES FROM ('2026-02-01') TO ('2026-03-01');
CREATE TABLE "Odd ""Name""" ("Key" int PRIMARY KEY, "__proto__" text);
CREATE TABLE moved (id int PRIMARY KEY);
CREATE TABLE unrelated (id int PRIMARY KEY);
`

let database: FreshDatabase
let observer: Observer
let stream: TestStream

beforeAll(async () => {
  database = await freshDatabase()
  observer = await Observer.connect(database.url)
  await observer.rows(SCHEMA)
  const tables = TABLES.map((table) => ({ schema: 'people', table }))
  stream = await TestStream.start({ url: database.url }, tables)
})

afterAll(async () => {
  await stream[Symbol.asyncDispose]()
  await observer[Symbol.asyncDispose]()
  await database[Symbol.asyncDispose]()
})

/** What was told of statements that run one after the other. */
async function toldOf(...statements: string[]): Promise<string[]> {
  await stream.rows()
  for (const statement of statements) await observer.rows(statement)
  return stream.rows()
}

describe('rows', () => {
  test('of inserts, updates and deletes', async () => {
    expect(
      await toldOf(
        "INSERT INTO person VALUES (1, 'Ada', 36), (2, NULL, 0)",
        'UPDATE person SET age = 37 WHERE id = 1',
        'DELETE FROM person WHERE id = 2',
      ),
    ).toEqual([
      'person {"id":"1","name":"Ada","age":"36"}',
      'person {"id":"2","name":null,"age":"0"}',
      'person {"id":"1"}',
      'person {"id":"1","name":"Ada","age":"37"}',
      'person {"id":"2"}',
    ])
  })

  test('of a key that changes: both', async () => {
    expect(await toldOf('UPDATE person SET id = 10 WHERE id = 1')).toEqual([
      'person {"id":"1"}',
      'person {"id":"10","name":"Ada","age":"37"}',
    ])
  })

  test('of a replica identity that is an index: its columns', async () => {
    expect(
      await toldOf(
        "INSERT INTO keyed VALUES (1, 7, 'a')",
        'UPDATE keyed SET owner = 8 WHERE id = 1',
        "UPDATE keyed SET note = 'b' WHERE id = 1",
        'DELETE FROM keyed WHERE id = 1',
      ),
    ).toEqual([
      'keyed {"id":"1","owner":"7","note":"a"}',
      'keyed {"id":"1","owner":"7"}',
      'keyed {"id":"1","owner":"8","note":"a"}',
      'keyed {"id":"1","owner":"8"}',
      'keyed {"id":"1","owner":"8","note":"b"}',
      'keyed {"id":"1","owner":"8"}',
    ])
  })

  test('of a full replica identity: whole', async () => {
    expect(
      await toldOf(
        'INSERT INTO full_row VALUES (1, NULL)',
        "UPDATE full_row SET note = 'x'",
        'DELETE FROM full_row',
      ),
    ).toEqual([
      'full_row {"id":"1","note":null}',
      'full_row {"id":"1","note":null}',
      'full_row {"id":"1","note":"x"}',
      'full_row {"id":"1","note":"x"}',
    ])
  })

  test('without a large value that was not touched, which throws when it is read', async () => {
    const body = 'x'.repeat(20_000)
    await toldOf(`INSERT INTO document VALUES (1, 'a', '${body}')`)
    await observer.rows("UPDATE document SET title = 'b'")
    await stream.drained()
    const reached = stream.recorder.committedChanges.at(-1)?.rows.at(-1)?.row
    expect(Object.keys(reached ?? {})).toEqual(['id', 'title'])
    expect(() => reached?.['body']).toThrow('FUL-4037 The column "body" of people.document')
    expect((await toldOf(`UPDATE document SET body = '${body}y'`)).at(-1)).toHaveLength(20_042)
  })

  test('have values as PostgreSQL prints them, without generated columns', async () => {
    const at = '2026-01-02 03:04:05.678+00'
    const values = `1, 10, DEFAULT, '${at}', '{a,"b c"}', '{"b": 1}', true, '\\x00ff'`
    const row = {
      id: '1',
      price: '10.00',
      at,
      tags: '{a,"b c"}',
      data: '{"b": 1}',
      flag: 't',
      raw: '\\x00ff',
    }
    expect(await toldOf(`INSERT INTO computed VALUES (${values})`)).toEqual([
      `computed ${JSON.stringify(row)}`,
    ])
  })

  test('of partitions are those of the partitioned table, also when they move', async () => {
    expect(
      await toldOf(
        "INSERT INTO visit VALUES (1, '2026-01-05')",
        "UPDATE visit SET day = '2026-02-05'",
        "DELETE FROM visit_2 WHERE day = '2026-02-05'",
      ),
    ).toEqual([
      'visit {"id":"1","day":"2026-01-05"}',
      'visit {"id":"1","day":"2026-01-05"}',
      'visit {"id":"1","day":"2026-02-05"}',
      'visit {"id":"1","day":"2026-02-05"}',
    ])
  })

  test('of tables and columns with odd names', async () => {
    await toldOf()
    await observer.rows(`INSERT INTO "Odd ""Name""" VALUES (1, 'x')`)
    await stream.drained()
    const [told] = stream.recorder.committedChanges.flatMap(({ rows }) => rows)
    expect(told?.table).toBe('Odd "Name"')
    expect(Object.entries(told?.row ?? {})).toEqual([
      ['Key', '1'],
      ['__proto__', 'x'],
    ])
  })

  test('of COPY, of ON CONFLICT, of triggers and of cascades alike', async () => {
    await toldOf('TRUNCATE person')
    expect(
      await toldOf(
        "INSERT INTO person VALUES (1, 'a', 1) ON CONFLICT (id) DO UPDATE SET age = 2",
        "INSERT INTO person VALUES (1, 'a', 1) ON CONFLICT (id) DO UPDATE SET age = 2",
        'MERGE INTO person USING (VALUES (1)) AS v (id) ON person.id = v.id WHEN MATCHED THEN DELETE',
      ),
    ).toEqual([
      'person {"id":"1","name":"a","age":"1"}',
      'person {"id":"1"}',
      'person {"id":"1","name":"a","age":"2"}',
      'person {"id":"1"}',
    ])
  })
})

describe('transactions', () => {
  test('are told whole, in the order of their commits, with the ids and positions that the server says', async () => {
    await toldOf('TRUNCATE person')
    const [first, second] = [await connected(), await connected()]
    const id = async (client: pg.Client): Promise<number> =>
      Number((await client.query<{ xid: string }>('SELECT pg_current_xact_id()::text AS xid')).rows[0]?.xid)
    const position = async (): Promise<number> =>
      Number(
        (await observer.rows<{ lsn: string }>("SELECT pg_current_wal_insert_lsn() - '0/0' AS lsn"))[0]?.lsn,
      )
    try {
      await stream.rows()
      await first.query('BEGIN; INSERT INTO people.person (id) VALUES (1)')
      await second.query('BEGIN; INSERT INTO people.person (id) VALUES (2)')
      await first.query('INSERT INTO people.person (id) VALUES (3)')
      const ids = [await id(second), await id(first)]
      const before = await position()
      await second.query('COMMIT')
      const between = await position()
      await first.query('INSERT INTO people.person (id) VALUES (4); COMMIT')
      const after = await position()
      await stream.drained()
      const told = stream.recorder.committedChanges
      expect(told.map(({ rows }) => rows.map(({ row }) => row['id']))).toEqual([['2'], ['1', '3', '4']])
      expect(told.map(({ change }) => change.xid)).toEqual(ids)
      const [one, two] = told.map(({ change }) => change.lsn) as [number, number]
      expect([before < one, one <= between, between < two, two <= after]).toEqual([true, true, true, true])
    } finally {
      await first.end()
      await second.end()
    }
  })

  test('that are rolled back are not told, nor is what was rolled back inside of them', async () => {
    expect(
      await toldOf(
        'BEGIN; INSERT INTO person (id) VALUES (20); ROLLBACK',
        'BEGIN; INSERT INTO person (id) VALUES (21); SAVEPOINT s; INSERT INTO person (id) VALUES (22); ROLLBACK TO s; INSERT INTO person (id) VALUES (23); COMMIT',
        'INSERT INTO unrelated VALUES (1)',
      ),
    ).toEqual(['person {"id":"21","name":null,"age":null}', 'person {"id":"23","name":null,"age":null}'])
  })

  test('that are large are told by their table', async () => {
    await toldOf('TRUNCATE person')
    await observer.rows('INSERT INTO person SELECT n FROM generate_series(1, 10000) AS n')
    await observer.rows('INSERT INTO person SELECT n FROM generate_series(10001, 110000) AS n')
    await stream.drained()
    const told = stream.recorder.committedChanges
    expect(told.map(({ rows, tables }) => [rows.length, tables])).toEqual([
      [10_000, []],
      [0, [{ schema: 'people', table: 'person' }]],
    ])
  })
})

async function connected(): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: database.url, application_name: 'writer' })
  await client.connect()
  return client
}

describe('what changes a table as a whole is told as that, before the watermark covers it', () => {
  /** Tables that were told as a whole. */
  async function wholeTables(...statements: string[]): Promise<string[]> {
    await toldOf()
    for (const statement of statements) await observer.rows(statement)
    await stream.drained()
    return [
      ...new Set(stream.recorder.committedChanges.flatMap(({ tables }) => tables.map(({ table }) => table))),
    ]
  }

  test('TRUNCATE, also of several tables, of a partitioned one and of one partition', async () => {
    expect(await wholeTables('TRUNCATE person, keyed')).toEqual(['person', 'keyed'])
    await observer.rows("INSERT INTO visit VALUES (2, '2026-01-05')")
    expect(await wholeTables('TRUNCATE visit')).toEqual(['visit'])
    await observer.rows("INSERT INTO visit VALUES (2, '2026-01-05')")
    expect(await wholeTables('TRUNCATE visit_1')).toEqual(['visit'])
  })

  test('partitions that come and go', async () => {
    expect(await wholeTables('DROP TABLE visit_2')).toEqual(['visit'])
    const added = "CREATE TABLE visit_3 PARTITION OF visit FOR VALUES FROM ('2026-03-01') TO ('2026-04-01')"
    expect(await wholeTables(added)).toEqual(['visit'])
    expect(await toldOf("INSERT INTO visit VALUES (3, '2026-03-05')")).toEqual([
      'visit {"id":"3","day":"2026-03-05"}',
    ])
    expect(await wholeTables('ALTER TABLE visit DETACH PARTITION visit_3')).toEqual(['visit'])
  })

  test('a column that is added, and what is inserted behind it', async () => {
    expect(await wholeTables("ALTER TABLE person ADD COLUMN mood text DEFAULT 'fine'")).toEqual(['person'])
    expect(await toldOf('INSERT INTO person (id) VALUES (30)')).toEqual([
      'person {"id":"30","name":null,"age":null,"mood":"fine"}',
    ])
    expect(await wholeTables('ALTER TABLE person ALTER COLUMN age TYPE text USING age + 1')).toEqual([
      'person',
    ])
    expect(await toldOf('ALTER TABLE person RENAME COLUMN mood TO temper', 'DELETE FROM person')).toContain(
      'person {"id":"30"}',
    )
  })

  test('with a transaction id and a position that only what is read later has reached', async () => {
    await toldOf()
    const where =
      "SELECT pg_snapshot_xmax(pg_current_snapshot())::text AS xid, pg_current_wal_insert_lsn() - '0/0' AS lsn"
    const place = async (): Promise<{ xid: number; lsn: number }> => {
      const [row] = await observer.rows<{ xid: string; lsn: string }>(where)
      return { xid: Number(row?.xid), lsn: Number(row?.lsn) }
    }
    await observer.rows('ALTER TABLE moved SET (fillfactor = 90)')
    const altered = await place()
    await stream.drained()
    const { change } = stream.recorder.committedChanges.at(-1) ?? { change: { xid: 0, lsn: 0 } }
    expect(change.lsn).toBeGreaterThanOrEqual(altered.lsn)
    expect(change.xid).toBeGreaterThanOrEqual(altered.xid)
    expect(change.xid).toBeLessThan((await place()).xid)
  })
})

describe('a table that is replaced by another one of its name', () => {
  test('makes a gap, and is followed from then on', async () => {
    await toldOf()
    await observer.rows(
      'BEGIN; ALTER TABLE moved RENAME TO gone; CREATE TABLE moved (id int PRIMARY KEY); COMMIT',
    )
    await observer.rows('INSERT INTO moved VALUES (1)')
    await stream.drained()
    expect(stream.recorder.gaps).toEqual(['people.moved: its publication has been changed'])
    expect(await toldOf('INSERT INTO moved VALUES (2)')).toEqual(['moved {"id":"2"}'])
  })
})
