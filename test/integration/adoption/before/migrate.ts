import { readdir, readFile } from 'node:fs/promises'
import type { Pool } from 'pg'

const folder = new URL('./migrations/', import.meta.url)

/** Applies the files of `migrations/` that this database does not have yet. */
export async function migrate(pool: Pool): Promise<void> {
  await pool.query(
    'create table if not exists schema_migration (name text primary key, applied_at timestamptz)',
  )
  const { rows } = await pool.query<{ name: string }>('select name from schema_migration')
  const applied = new Set(rows.map(({ name }) => name))
  for (const name of (await readdir(folder)).toSorted()) {
    if (applied.has(name)) continue
    await pool.query(await readFile(new URL(name, folder), 'utf8'))
    await pool.query('insert into schema_migration values ($1, now())', [name])
  }
}
