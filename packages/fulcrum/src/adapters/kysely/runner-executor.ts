import {
  type AbortableQueryOptions,
  type CompiledQuery,
  type DatabaseConnection,
  DefaultQueryExecutor,
  type DialectAdapter,
  type QueryCompiler,
  type QueryResult,
} from 'kysely'
import type { StatementRunner } from '../../declare/db.ts'
import { RunnerConnection } from './runner-connection.ts'

/** Executes compiled queries on a runner. Without plugins there is nothing between the two: no connection to provide, no result to transform. */
export class RunnerExecutor extends DefaultQueryExecutor {
  readonly #connection: RunnerConnection

  constructor(compiler: QueryCompiler, adapter: DialectAdapter, runner: StatementRunner) {
    const connection = new RunnerConnection(runner)
    super(compiler, adapter, {
      provideConnection: <T>(consumer: (connection: DatabaseConnection) => Promise<T>): Promise<T> =>
        consumer(connection),
    })
    this.#connection = connection
  }

  override executeQuery<R>(query: CompiledQuery, options?: AbortableQueryOptions): Promise<QueryResult<R>> {
    return options?.signal === undefined
      ? this.#connection.executeQuery<R>(query)
      : super.executeQuery<R>(query, options)
  }
}
