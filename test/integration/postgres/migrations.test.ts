import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Migration, MigrationSource } from '../../../packages/fulcrum/src/declare/migration.ts'
import { Deadline } from '../../../packages/fulcrum/src/kernel/deadline.ts'
import type { MigrationStep } from '../../../packages/fulcrum/src/ports/migrations.ts'
import { type FreshDatabase, freshDatabase } from '../../support/database.ts'
import { waitFor } from '../../support/wait-for.ts'
import { clock, failureOf, Observer, TestStore } from './harness.ts'

let database: FreshDatabase
let observer: Observer
let store: TestStore

beforeEach(async () => {
  database = await freshDatabase()
  observer = await Observer.connect(database.url)
  store = await TestStore.open({ url: database.url })
})

afterEach(async () => {
  await store[Symbol.asyncDispose]()
  await observer[Symbol.asyncDispose]()
  await database[Symbol.asyncDispose]()
})

const CREATE: Migration = { name: '0001_create', up: 'CREATE TABLE item (id int PRIMARY KEY, name text)' }
const FILL: Migration = {
  name: '0002_fill',
  up: async (sql) => {
    const rows = await sql<{ n: number }>`SELECT ${2}::int AS n`
    for (let id = 1; id <= (rows[0]?.n ?? 0); id++)
      await sql`INSERT INTO item VALUES (${id}, ${`item ${id}`})`
  },
}
const INDEX: Migration = {
  name: '0003_index',
  up: 'CREATE INDEX CONCURRENTLY item_name ON item (name)',
  transactional: false,
}

function apply(
  source: MigrationSource,
  { budget = 20_000, of = store } = {},
): Promise<readonly MigrationStep[]> {
  return of.migrations.apply([{ module: 'shop', source }], Deadline.after(clock, budget))
}

const namesOf = (steps: readonly MigrationStep[]): string[] => steps.map(({ name }) => name)

function history(): Promise<unknown[]> {
  return observer.rows(
    'SELECT name, finished_at IS NOT NULL AS finished, transactional FROM fulcrum.migration ORDER BY module, name',
  )
}

describe('a history', () => {
  test('is made of steps in order, each applied once', async () => {
    expect(namesOf(await apply([FILL, CREATE]))).toEqual(['0001_create', '0002_fill'])
    expect(namesOf(await apply([CREATE, FILL, INDEX]))).toEqual(['0003_index'])
    expect(await apply([CREATE, FILL, INDEX])).toEqual([])
    expect(await observer.rows('SELECT * FROM shop.item ORDER BY id')).toEqual([
      { id: 1, name: 'item 1' },
      { id: 2, name: 'item 2' },
    ])
    expect(await history()).toEqual([
      { name: '0001_create', finished: true, transactional: true },
      { name: '0002_fill', finished: true, transactional: true },
      { name: '0003_index', finished: true, transactional: false },
    ])
  })

  test('belongs to one module', async () => {
    const modules = ['shop', 'order-items'].map((module) => ({ module, source: [CREATE] }))
    const applied = await store.migrations.apply(modules, Deadline.after(clock, 20_000))
    expect(applied.map(({ module, name }) => [module, name])).toEqual([
      ['shop', '0001_create'],
      ['order-items', '0001_create'],
    ])
    expect(await observer.rows('SELECT * FROM "order-items".item')).toEqual([])
  })

  test('can be looked at without changing anything', async () => {
    const plan = (): Promise<readonly MigrationStep[]> =>
      store.migrations.plan([{ module: 'shop', source: [CREATE, FILL] }])
    expect(await plan()).toEqual([
      {
        module: 'shop',
        name: '0001_create',
        checksum: expect.stringMatching(/^sql:[0-9a-f]{32}$/) as string,
        state: 'pending',
        transactional: true,
        sql: CREATE.up,
      },
      {
        module: 'shop',
        name: '0002_fill',
        checksum: 'code',
        state: 'pending',
        transactional: true,
        sql: undefined,
      },
    ])
    expect(
      await observer.rows("SELECT nspname FROM pg_namespace WHERE nspname IN ('shop', 'fulcrum')"),
    ).toEqual([])
    await apply([CREATE])
    expect((await plan()).map(({ state }) => state)).toEqual(['applied', 'pending'])
  })

  test('that cannot be continued is refused, with everything that is wrong, before anything is applied', async () => {
    await apply([CREATE, { name: '0005_more', up: 'CREATE TABLE more (id int)' }])
    const changed = [
      { ...CREATE, up: `${String(CREATE.up)} -- changed` },
      { name: '0003_late', up: 'SELECT 1' },
    ]
    const failure = await failureOf(apply(changed))
    expect(failure).toMatchObject({
      code: 'FUL-1000',
      errors: [{ code: 'FUL-4020' }, { code: 'FUL-4021' }, { code: 'FUL-4022' }],
    })
    await expect(store.migrations.plan([{ module: 'shop', source: changed }])).rejects.toMatchObject({
      code: 'FUL-1000',
    })
    expect(await history()).toHaveLength(2)
  })

  test('needs no privilege to create anything when there is nothing to create', async () => {
    await apply([CREATE])
    await observer.rows("CREATE ROLE reader LOGIN PASSWORD 'reader'")
    await observer.rows('GRANT USAGE ON SCHEMA fulcrum TO reader')
    await observer.rows('GRANT SELECT ON fulcrum.migration TO reader')
    try {
      const url = Object.assign(new URL(database.url), { username: 'reader', password: 'reader' }).href
      await using modest = await TestStore.open({ url })
      expect(await apply([CREATE], { of: modest })).toEqual([])
      await expect(apply([CREATE, FILL], { of: modest })).rejects.toMatchObject({ code: 'FUL-4024' })
    } finally {
      await observer.rows('DROP OWNED BY reader')
      await observer.rows('DROP ROLE reader')
    }
  })
})

describe('a step', () => {
  test('runs on the schema of its module, and leaves nothing behind when it fails', async () => {
    const failing = {
      name: '0002_failing',
      up: 'CREATE TABLE left_behind (id int); INSERT INTO item VALUES (1); SELECT 1/0; CREATE TABLE never (id int)',
    }
    const failure = await failureOf(apply([CREATE, failing]))
    expect(failure).toMatchObject({
      code: 'FUL-4024',
      message:
        'FUL-4024 The step "0002_failing" of module "shop" failed and was rolled back: division by zero.',
      cause: { code: '22012' },
    })
    expect(await observer.rows("SELECT to_regclass('shop.left_behind') AS found")).toEqual([{ found: null }])
    expect(await history()).toEqual([{ name: '0001_create', finished: true, transactional: true }])
    expect(namesOf(await apply([CREATE, { ...failing, up: 'SELECT 1' }]))).toEqual(['0002_failing'])
  })

  test('that is a function is rolled back with its history', async () => {
    const failing: Migration = {
      name: '0002_failing',
      up: async (sql) => {
        await sql`INSERT INTO item VALUES (1, 'one')`
        throw new Error('changed my mind')
      },
    }
    await expect(apply([CREATE, failing])).rejects.toMatchObject({
      code: 'FUL-4024',
      message: expect.stringContaining('changed my mind') as string,
    })
    expect(await observer.rows('SELECT * FROM shop.item')).toEqual([])
  })

  test('may not end its own transaction', async () => {
    const sly = { name: '0002_sly', up: 'CREATE TABLE sly (id int); COMMIT; CREATE TABLE slyer (id int)' }
    await expect(apply([CREATE, sly])).rejects.toMatchObject({
      code: 'FUL-4024',
      cause: { code: 'FUL-4025', message: expect.stringContaining('it contains COMMIT') as string },
    })
  })

  test('without a transaction that fails half-way says what is left, and how to go on', async () => {
    await apply([CREATE])
    await observer.rows("INSERT INTO shop.item VALUES (1, 'same'), (2, 'same')")
    const unique = { ...INDEX, up: 'CREATE UNIQUE INDEX CONCURRENTLY item_name ON item (name)' }
    const failure = await failureOf(apply([CREATE, unique]))
    expect(failure).toMatchObject({ code: 'FUL-4023', cause: { code: '23505' } })
    expect((failure as Error).message).toContain('Invalid indexes: shop.item_name.')
    await expect(apply([CREATE, unique])).rejects.toMatchObject({
      code: 'FUL-4023',
      message: expect.stringContaining('an earlier attempt did not finish') as string,
    })
    const [, again] = /`(DELETE [^`]+)`/.exec((failure as Error).message) ?? []
    await observer.rows('DROP INDEX shop.item_name')
    await observer.rows('DELETE FROM shop.item WHERE id = 2')
    await observer.rows(again ?? '')
    expect(namesOf(await apply([CREATE, unique]))).toEqual(['0003_index'])
  })

  test('without a transaction can be taken as done', async () => {
    await apply([CREATE])
    await observer.rows("INSERT INTO shop.item VALUES (1, 'same'), (2, 'same')")
    const unique = { ...INDEX, up: 'CREATE UNIQUE INDEX CONCURRENTLY item_name ON item (name)' }
    const failure = await failureOf(apply([CREATE, unique]))
    const [, done] = /`(UPDATE [^`]+)`/.exec((failure as Error).message) ?? []
    await observer.rows(done ?? '')
    expect(await apply([CREATE, unique])).toEqual([])
  })

  test('without a transaction that cannot be parsed has not begun', async () => {
    const wrong = { ...INDEX, up: 'CREATE INDEX CONCURRENTLY ON nowhere (name)' }
    await expect(apply([CREATE, wrong])).rejects.toMatchObject({ code: 'FUL-4024', cause: { code: '42P01' } })
    expect(namesOf(await apply([CREATE, INDEX]))).toEqual(['0003_index'])
  })

  test('is cancelled on the server when the time is up', async () => {
    const text = "SELECT pg_sleep(30), 'migrating'"
    const failure = failureOf(apply([CREATE, { name: '0002_slow', up: text }], { budget: 500 }))
    await waitFor(async () => (await observer.active(`${text}%`)).length === 1)
    expect(await failure).toMatchObject({ code: 'FUL-4024', cause: { code: 'FUL-3001' } })
    await waitFor(async () => (await observer.active(`${text}%`)).length === 0)
    expect(await history()).toHaveLength(1)
  })
})

describe('a folder', () => {
  let folder: string

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'fulcrum-migrations-'))
  })

  afterEach(() => rm(folder, { recursive: true }))

  test('holds SQL and code, in the order of their names', async () => {
    await writeFile(
      join(folder, '0001_create.sql'),
      'CREATE TABLE item (id int, name text);\nINSERT INTO item VALUES (1);',
    )
    await writeFile(
      join(folder, '0002_fill.ts'),
      'export default { up: async (sql: any): Promise<void> => { await sql`UPDATE item SET name = ${"one"}` } }',
    )
    await writeFile(join(folder, '0003_more.mjs'), "export default { up: 'INSERT INTO item VALUES (2)' }")
    await writeFile(
      join(folder, '0004_index.sql'),
      '-- fulcrum: no-transaction\nCREATE INDEX CONCURRENTLY ON item (name)',
    )
    for (const other of ['README.md', '0002_fill.d.ts', '0002_fill.js.map', '.hidden.sql'])
      await writeFile(join(folder, other), 'not a step')
    const applied = await apply(pathToFileURL(`${folder}/`))
    expect(applied.map(({ name, transactional }) => [name, transactional])).toEqual([
      ['0001_create', true],
      ['0002_fill', true],
      ['0003_more', true],
      ['0004_index', false],
    ])
    expect(await observer.rows('SELECT * FROM shop.item ORDER BY id')).toEqual([
      { id: 1, name: 'one' },
      { id: 2, name: null },
    ])
    expect(await apply(folder)).toEqual([])
  })

  test.each([
    [
      'two files of one name',
      { 'a.sql': '', 'a.mjs': "export default { up: '' }" },
      'there are two of this name',
    ],
    ['code without a default export', { 'a.mjs': 'export const up = 1' }, 'the default export is nothing'],
    ['code without up', { 'a.mjs': 'export default {}' }, 'up is nothing'],
    ['a name with a space', { 'a b.sql': '' }, 'the name is not allowed'],
  ])('with %s is refused', async (_what, files, reason) => {
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text)
    await expect(apply(folder)).rejects.toMatchObject({
      code: 'FUL-4025',
      message: expect.stringContaining(reason) as string,
    })
  })

  test('that is not there is refused', async () => {
    await expect(apply(join(folder, 'nowhere'))).rejects.toMatchObject({
      code: 'FUL-4025',
      cause: { code: 'ENOENT' },
    })
  })
})

describe('instances that start at once', () => {
  test('apply each step once', async () => {
    const stores = await Promise.all(Array.from({ length: 6 }, () => TestStore.open({ url: database.url })))
    const source = [CREATE, FILL, INDEX, { name: '0004_more', up: 'CREATE TABLE more (id int)' }]
    const applied = await Promise.all(stores.map((of) => apply(source, { of })))
    await Promise.all(stores.map((of) => of[Symbol.asyncDispose]()))
    expect(applied.flatMap(namesOf).toSorted()).toEqual([
      '0001_create',
      '0002_fill',
      '0003_index',
      '0004_more',
    ])
    expect(await history()).toHaveLength(4)
  })

  test('wait for each other until their time is up', async () => {
    await using rival = await TestStore.open({ url: database.url })
    await apply([CREATE])
    const slow = apply([CREATE, { name: '0002_slow', up: "SELECT pg_sleep(1), 'rival'" }], { of: rival })
    await waitFor(async () => (await observer.active("SELECT pg_sleep(1), 'rival'%")).length === 1)
    await expect(apply([CREATE, FILL], { budget: 200 })).rejects.toMatchObject({ code: 'FUL-4026' })
    expect(namesOf(await slow)).toEqual(['0002_slow'])
    expect(await apply([CREATE, { name: '0002_slow', up: "SELECT pg_sleep(1), 'rival'" }])).toEqual([])
  })

  test('go on when the one that migrates dies', async () => {
    await using rival = await TestStore.open({ url: database.url })
    const text = "SELECT pg_sleep(30), 'dying'"
    const dying = failureOf(apply([CREATE, { name: '0002_slow', up: text }], { of: rival }))
    const [session] = await waitFor(async () => {
      const active = await observer.active(`${text}%`)
      return active.length > 0 ? active : undefined
    })
    const next = apply([CREATE, FILL])
    await observer.rows('SELECT pg_terminate_backend($1)', [session?.pid])
    expect(await dying).toMatchObject({ code: 'FUL-4024', cause: { code: '57P01' } })
    expect(namesOf(await next)).toEqual(['0002_fill'])
  })
})

test("a server that is away is 'unavailable'", async () => {
  await using nowhere = await TestStore.open({ url: 'postgres://nobody@127.0.0.1:1/nowhere' })
  await expect(apply([CREATE], { of: nowhere, budget: 300 })).rejects.toMatchObject({ code: 'FUL-3002' })
})
