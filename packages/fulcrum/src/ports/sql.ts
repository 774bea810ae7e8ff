import type { Sql, StatementRunner } from '../declare/db.ts'
import { statementText } from '../kernel/statement-text.ts'

/** `ctx.sql` on the given statements. */
export function bindSql(runner: StatementRunner): Sql {
  const template = async <R>(strings: TemplateStringsArray, ...values: readonly unknown[]): Promise<R[]> =>
    (await runner.run<R>(statementText(strings), values)).rows
  const sql = template as Sql
  sql.query = (text, values = []) => runner.run(text, values)
  return sql
}
