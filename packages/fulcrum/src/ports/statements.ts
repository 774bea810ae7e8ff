/** The rows of one statement. */
export interface Answered {
  readonly rows: Record<string, unknown>[]
}

/** Statements outside of any operation, on the primary: for a library that brings its own SQL. Each takes effect by itself. */
export interface Statements {
  /**
   * Runs one statement with positional parameters, or, where there are no values, a script of several, which may begin and end transactions: then there is an
   * answer for each.
   *
   * @throws FUL-3002 where the primary cannot be reached; what the database says of a statement as its driver's error.
   */
  execute(text: string, values?: readonly unknown[]): Promise<Answered | Answered[]>
  /** Ends its connections. */
  close(): Promise<void>
}
