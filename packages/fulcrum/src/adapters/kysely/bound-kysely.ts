import { Kysely } from 'kysely'
import { fulcrumError } from '../../kernel/errors/fulcrum-error.ts'

/** Kysely on the statements of one call. Its life is the call's, and so is its transaction. */
export class BoundKysely<Db> extends Kysely<Db> {
  override transaction(): never {
    throw fulcrumError('FUL-4010', { method: 'db.transaction()' })
  }

  override startTransaction(): never {
    throw fulcrumError('FUL-4010', { method: 'db.startTransaction()' })
  }

  override destroy(): never {
    throw fulcrumError('FUL-4010', { method: 'db.destroy()' })
  }
}
