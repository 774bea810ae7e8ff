/** The rows that a statement returned. */
export interface Rows<R = Record<string, unknown>> {
  readonly rows: R[]
  /** Rows returned, or affected where none are returned. */
  readonly rowCount: number
}

/** Runs statements on whatever the plan chose: a node, a transaction. */
export interface StatementRunner {
  /** Runs one prepared statement with positional parameters (`$1`, `$2`, …). */
  run<R = Record<string, unknown>>(text: string, values: readonly unknown[]): Promise<Rows<R>>
}

/** Binds a query builder to one call's statements; made once at boot, called once per operation call that uses `ctx.db`. */
export type DbBinding<Db> = (runner: StatementRunner) => Db

/**
 * Which query builder a module writes its statements with. A phantom: it names the type of `ctx.db` and knows how to load the builder, nothing
 * is connected by it.
 */
export interface DbHandle<Db = unknown> {
  readonly kind: 'db'
  /** For people: `kysely`. */
  readonly builder: string
  /** Loads the builder and prepares it for a module whose tables live in `schema`. */
  readonly load: (schema: string) => Promise<DbBinding<Db>>
}

/** Plain SQL: a tagged template that runs one statement; interpolated values become parameters. */
export interface Sql {
  /** ``await sql<{ n: number }>`select count(*)::int as n from catalog.product` `` */
  <R = Record<string, unknown>>(strings: TemplateStringsArray, ...values: readonly unknown[]): Promise<R[]>
  /**
   * One statement as a text with positional parameters, as a `pg` pool takes it: functions that were written for one take `sql` instead and run on
   * the call's connection and budget.
   */
  query: <R = Record<string, unknown>>(text: string, values?: readonly unknown[]) => Promise<Rows<R>>
}
