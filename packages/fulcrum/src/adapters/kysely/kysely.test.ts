import { CamelCasePlugin, type Generated, type Kysely, sql } from 'kysely'
import { beforeAll, describe, expect, it } from 'vitest'
import type { DbBinding, Rows, StatementRunner } from '../../declare/db.ts'
import { kysely } from './kysely.ts'

interface Tables {
  profile: { id: Generated<string>; name: string; bio: string | null }
  post: { id: string; profile_id: string; text: string }
}

/** Records statements instead of running them. */
class Recorder implements StatementRunner {
  readonly texts: string[] = []
  readonly values: (readonly unknown[])[] = []
  rows: unknown[] = []

  async run<R>(text: string, values: readonly unknown[]): Promise<Rows<R>> {
    this.texts.push(text)
    this.values.push(values)
    return { rows: this.rows as R[], rowCount: 2 }
  }
}

let bind: DbBinding<Kysely<Tables>>
beforeAll(async () => {
  bind = await kysely<Tables>().load('profiles')
})

async function compiled(build: (db: Kysely<Tables>) => { execute(): Promise<unknown> }): Promise<string> {
  const recorder = new Recorder()
  await build(bind(recorder)).execute()
  return recorder.texts.join(';')
}

describe('tables belong to the module’s schema', () => {
  it.each<[string, (db: Kysely<Tables>) => { execute(): Promise<unknown> }, string]>([
    [
      'in FROM, not in references to it',
      (db) => db.selectFrom('profile').select(['profile.id', 'name']).where('profile.name', '=', 'a'),
      'select "profile"."id", "name" from "profiles"."profile" where "profile"."name" = $1',
    ],
    [
      'with an alias',
      (db) => db.selectFrom('profile as p').selectAll('p'),
      'select "p".* from "profiles"."profile" as "p"',
    ],
    [
      'in joins',
      (db) => db.selectFrom('profile').innerJoin('post as x', 'x.profile_id', 'profile.id').select('x.text'),
      'select "x"."text" from "profiles"."profile" inner join "profiles"."post" as "x" on "x"."profile_id" = "profile"."id"',
    ],
    [
      'in INSERT, not for excluded',
      (db) =>
        db
          .insertInto('profile')
          .values({ name: 'a' })
          .onConflict((on) => on.column('id').doUpdateSet((eb) => ({ name: eb.ref('excluded.name') })))
          .returning('profile.id'),
      'insert into "profiles"."profile" ("name") values ($1) on conflict ("id") do update set "name" = "excluded"."name" returning "profile"."id"',
    ],
    [
      'in UPDATE … FROM',
      (db) =>
        db
          .updateTable('profile')
          .from('post')
          .set({ bio: null })
          .whereRef('post.profile_id', '=', 'profile.id'),
      'update "profiles"."profile" set "bio" = $1 from "profiles"."post" where "post"."profile_id" = "profile"."id"',
    ],
    [
      'in DELETE … USING',
      (db) => db.deleteFrom('profile').using('post').whereRef('post.profile_id', '=', 'profile.id'),
      'delete from "profiles"."profile" using "profiles"."post" where "post"."profile_id" = "profile"."id"',
    ],
    [
      'in subqueries',
      (db) =>
        db
          .selectFrom('profile')
          .select('id')
          .where('id', 'in', (eb) => eb.selectFrom('post').select('profile_id')),
      'select "id" from "profiles"."profile" where "id" in (select "profile_id" from "profiles"."post")',
    ],
    [
      'but common table expressions do not',
      (db) =>
        db
          .with('mine', (q) => q.selectFrom('post').selectAll())
          .selectFrom('mine')
          .select('mine.id'),
      'with "mine" as (select * from "profiles"."post") select "mine"."id" from "mine"',
    ],
    [
      'unless another schema is asked for',
      (db) => db.withSchema('other').selectFrom('profile').select('id'),
      'select "id" from "other"."profile"',
    ],
    [
      'in FOR UPDATE OF only by name',
      (db) => db.selectFrom('profile').select('id').forUpdate('profile'),
      'select "id" from "profiles"."profile" for update of "profile"',
    ],
  ])('%s', async (_, build, text) => {
    expect(await compiled(build)).toBe(text)
  })

  it('in sql.table, while sql.ref stays a reference', async () => {
    const recorder = new Recorder()
    await sql`select ${sql.ref('profile.id')} from ${sql.table('profile')}`.execute(bind(recorder))
    expect(recorder.texts).toEqual(['select "profile"."id" from "profiles"."profile"'])
  })

  it('forgets the expressions of one statement before the next', async () => {
    const recorder = new Recorder()
    const db = bind(recorder)
    await db
      .with('post', (q) => q.selectFrom('profile').selectAll())
      .selectFrom('post')
      .selectAll()
      .execute()
    await db.selectFrom('post').selectAll().execute()
    expect(recorder.texts[1]).toBe('select * from "profiles"."post"')
  })

  it('quotes a schema that needs it', async () => {
    const recorder = new Recorder()
    const odd = await kysely<Tables>().load('a"b')
    await odd(recorder).selectFrom('post').selectAll().execute()
    expect(recorder.texts).toEqual(['select * from "a""b"."post"'])
  })
})

describe('a bound Kysely', () => {
  it('counts what a change affected', async () => {
    const db = bind(new Recorder())
    expect(await db.updateTable('profile').set({ bio: '' }).executeTakeFirst()).toMatchObject({
      numUpdatedRows: 2n,
    })
    expect(await db.deleteFrom('profile').executeTakeFirst()).toMatchObject({ numDeletedRows: 2n })
  })

  it('keeps calls apart', async () => {
    const [one, two] = [new Recorder(), new Recorder()]
    const [first, second] = [bind(one), bind(two)]
    await Promise.all([
      first.selectFrom('post').selectAll().execute(),
      second.selectFrom('profile').selectAll().execute(),
    ])
    expect([one.texts.length, two.texts.length]).toEqual([1, 1])
  })

  it('takes plugins', async () => {
    const recorder = new Recorder()
    recorder.rows = [{ profile_id: '7' }]
    const rows = await bind(recorder)
      .withPlugin(new CamelCasePlugin())
      .selectFrom('post')
      .selectAll()
      .execute()
    expect(rows).toEqual([{ profileId: '7' }])
  })

  it('leaves transactions to the plan', async () => {
    const db = bind(new Recorder())
    expect(() => db.transaction()).toThrow(/FUL-4010/)
    expect(() => db.startTransaction()).toThrow(/FUL-4010/)
    expect(() => db.destroy()).toThrow(/FUL-4010/)
    await expect(async () => {
      for await (const _ of db.selectFrom('post').selectAll().stream()) break
    }).rejects.toMatchObject({ code: 'FUL-4010' })
  })
})
