import { DummyDriver, PostgresAdapter, PostgresIntrospector, type Kysely, type KyselyProps } from 'kysely'
import type { DbBinding } from '../../declare/db.ts'
import { BoundKysely } from './bound-kysely.ts'
import { RunnerExecutor } from './runner-executor.ts'
import { SchemaCompiler } from './schema-compiler.ts'

/**
 * Prepares Kysely for a module. Compiler, adapter and driver are shared by all calls (a compiler keeps nothing between queries); a call makes an
 * executor and a Kysely around it, which is all that knows the call's connection.
 */
export function bindTo<Db>(schema: string): DbBinding<Kysely<Db>> {
  const adapter = new PostgresAdapter()
  const compiler = new SchemaCompiler(schema)
  const driver = new DummyDriver()
  const dialect = {
    createAdapter: () => adapter,
    createDriver: () => driver,
    createQueryCompiler: () => compiler,
    createIntrospector: (db: Kysely<unknown>) => new PostgresIntrospector(db),
  }
  const shared = { config: { dialect }, dialect, driver }
  return (runner) => {
    const props: KyselyProps = { ...shared, executor: new RunnerExecutor(compiler, adapter, runner) }
    return new BoundKysely<Db>(props)
  }
}
