import type { CompiledQuery, DatabaseConnection, QueryResult } from 'kysely'
import type { StatementRunner } from '../../declare/db.ts'
import { fulcrumError } from '../../kernel/errors/fulcrum-error.ts'

/** What Kysely takes for a connection: the statements of one call. */
export class RunnerConnection implements DatabaseConnection {
  readonly #runner: StatementRunner

  constructor(runner: StatementRunner) {
    this.#runner = runner
  }

  async executeQuery<R>({ sql, parameters, query }: CompiledQuery): Promise<QueryResult<R>> {
    const { rows, rowCount } = await this.#runner.run<R>(sql, parameters)
    return query.kind === 'SelectQueryNode' ? { rows } : { rows, numAffectedRows: BigInt(rowCount) }
  }

  // Kysely asks for an iterator, not for a promise of one.
  // eslint-disable-next-line require-yield
  async *streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw fulcrumError('FUL-4010', { method: 'stream()' })
  }
}
