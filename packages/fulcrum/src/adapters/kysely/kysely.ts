import type { Kysely } from 'kysely'
import type { DbBinding, DbHandle } from '../../declare/db.ts'
import { fulcrumError } from '../../kernel/errors/fulcrum-error.ts'

/**
 * Kysely as a module's `ctx.db`, typed by the module's tables. Tables are named without their schema, which is the module's own; another
 * schema is reached with `db.withSchema(…)`. Every query runs as a prepared statement on whatever the plan chose for the call.
 *
 * ```ts
 * export default module('profiles', { db: kysely<ProfilesDb>(), … })
 * ```
 *
 * Kysely is an optional peer, loaded when the application starts (`FUL-1014` when it is not installed). `db.transaction()` is refused
 * (`FUL-4010`): a command is a transaction already.
 */
export function kysely<Db>(): DbHandle<Kysely<Db>> {
  return Object.freeze({ kind: 'db', builder: 'kysely', load: loadBinding<Db> })
}

async function loadBinding<Db>(schema: string): Promise<DbBinding<Kysely<Db>>> {
  const { bindTo } = await loadBinder()
  return bindTo<Db>(schema)
}

async function loadBinder(): Promise<typeof import('./binding.ts')> {
  try {
    return await import('./binding.ts')
  } catch (cause) {
    const params = { feature: 'kysely()', peer: 'kysely', install: 'npm install kysely' }
    throw fulcrumError('FUL-1014', params, { cause })
  }
}
