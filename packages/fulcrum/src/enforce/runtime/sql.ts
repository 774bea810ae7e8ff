import type { Sql, StatementRunner } from '../../declare/db.ts'

/** Statement texts by template: a tagged template's strings are one frozen array per place in the source, so this is bounded by the program. */
const texts = new WeakMap<TemplateStringsArray, string>()

/** `select … where id = ${id}` to `select … where id = $1`. */
export function statementText(strings: TemplateStringsArray): string {
  const known = texts.get(strings)
  if (known !== undefined) return known
  const text = strings.reduce((before, part, index) => `${before}$${index}${part}`)
  texts.set(strings, text)
  return text
}

/** `ctx.sql` on the given statements. */
export function bindSql(runner: StatementRunner): Sql {
  return async <R>(strings: TemplateStringsArray, ...values: readonly unknown[]): Promise<readonly R[]> =>
    (await runner.run<R>(statementText(strings), values)).rows
}
