import type { Sql } from './db.ts'

/** One ordered change of a module's schema. */
export interface Migration {
  /** Sorts the history; unique within the module: `0001_create_profile`. */
  readonly name: string
  /** SQL text, which may hold several statements, or a function. Runs with `search_path` set to the module's schema. */
  readonly up: string | ((sql: Sql) => Promise<void>)
  /** `false` runs it outside a transaction, as `CREATE INDEX CONCURRENTLY` needs; then one statement only. Default `true`. */
  readonly transactional?: boolean
}

/**
 * A folder of `.sql` files (first line `-- fulcrum: no-transaction` where needed) and `.ts`/`.js` files (whose default export is a `Migration`
 * without a name), ordered by file name; or a list.
 */
export type MigrationSource = URL | string | readonly Migration[]
