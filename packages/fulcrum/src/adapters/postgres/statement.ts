import type { Deadline } from '../../kernel/deadline.ts'
import type { Bracket } from './bracket.ts'
import type { RowDescription, Wire, WireValue } from './driver.ts'
import { Exchange } from './exchange.ts'
import { isSerializationFailure, QUERY_CANCELED, type ServerError, sqlState } from './failure.ts'
import type { Prepared, PreparedStatements } from './prepared.ts'

const NO_VALUES: readonly WireValue[] = []
const NONE: readonly Question[] = []

/** A text with its values. */
export interface Question {
  readonly text: string
  readonly values: readonly WireValue[]
}

/** What is to be run. Statements without values may run right before and right after it, in the same message and transaction. */
export interface StatementSpec extends Question {
  readonly before?: string | undefined
  /** Run in order between `before` and the statement. */
  readonly leading?: readonly Question[] | undefined
  readonly after?: string | undefined
  /** What is asked around it, in statements of their own. */
  readonly bracket?: Bracket | undefined
}

/**
 * A prepared statement, with up to one companion on either side, and others in front of it. All travel in one message with one Sync: one round
 * trip, and when one fails the server skips those behind it.
 */
export class Statement extends Exchange {
  readonly text: string
  readonly values: readonly WireValue[]
  readonly bracket: Bracket | undefined
  readonly #before: string | undefined
  readonly #leading: readonly Question[]
  readonly #after: string | undefined
  /** What the statement itself returned. Not called `rows`, which to pg is the number of rows per page. */
  readonly results: Record<string, unknown>[] = []
  /** What the leading statements returned, all of them together. */
  readonly rowsBefore: Record<string, unknown>[] = []
  /** What the companion after it returned. */
  readonly rowsAfter: Record<string, unknown>[] = []
  /** The command tag of the statement itself: `SELECT 1`, `UPDATE 3`. */
  tag = ''
  /** Those of the statements in front of it, as far as they have ended. */
  #tagsBefore: string[] | undefined = undefined
  readonly #steps: Prepared[] = []
  #step = 0
  #parserError: unknown = undefined

  constructor(
    { text, values, before, leading = NONE, after, bracket }: StatementSpec,
    deadline: Deadline | undefined,
  ) {
    super(deadline)
    this.text = text
    this.values = values
    this.#before = before
    this.#leading = leading
    this.#after = after
    this.bracket = bracket
  }

  /** It brings along what its bracket asks after the data. */
  get closesBracket(): boolean {
    return this.bracket !== undefined && this.#after !== undefined
  }

  /** Rows returned, or affected where none are returned. */
  get rowCount(): number {
    return this.results.length > 0 ? this.results.length : countOf(this.tag)
  }

  submit(wire: Wire): null {
    const prepared = this.#prepared
    wire.stream.cork()
    if (this.#before !== undefined) this.#steps.push(prepared.write(wire, this.#before, NO_VALUES))
    for (const { text, values } of this.#leading) this.#steps.push(prepared.write(wire, text, values))
    this.#steps.push(prepared.write(wire, this.text, this.values))
    if (this.#after !== undefined) this.#steps.push(prepared.write(wire, this.#after, NO_VALUES))
    wire.sync()
    wire.stream.uncork()
    return null
  }

  handleRowDescription(message: RowDescription): void {
    const step = this.#steps[this.#step]
    if (step !== undefined) this.#prepared.describe(step, message)
  }

  handleDataRow({ fields }: { readonly fields: readonly (string | null)[] }): void {
    const shape = this.#steps[this.#step]?.shape
    if (shape === undefined || shape === null || this.isAbandoned) return
    try {
      this.#rows.push(shape.row(fields))
    } catch (error) {
      // A type parser of the application's may throw; pg would take an exception here for a broken connection.
      this.#parserError ??= error
    }
  }

  handleCommandComplete({ text }: { readonly text: string }): void {
    if (this.#step === this.#main) this.tag = text
    else if (this.#leading.length > 0) (this.#tagsBefore ??= []).push(text)
    this.#next()
  }

  override handleEmptyQuery(): void {
    this.#next()
  }

  override handleError(error: unknown): void {
    const [step, ...skipped] = this.#steps.slice(this.#step)
    if (step !== undefined) forgetUncertain(this.#prepared, step, error)
    // The server has not looked at the steps behind the one that failed.
    for (const each of skipped) if (each.shape === undefined) this.#prepared.forget(each)
    super.handleError(sqlState(error) === UNKNOWN_STATEMENT ? (step?.failure ?? error) : error)
  }

  override handleReadyForQuery(): void {
    if (this.#parserError === undefined) super.handleReadyForQuery()
    else super.handleError(this.#parserError)
  }

  #next(): void {
    const step = this.#steps[this.#step++]
    // It was asked for a description and gave none: it returns no rows.
    if (step !== undefined) step.shape ??= null
  }

  /** Which of the leading statements the server was at last, so that it has not looked at the statement itself; -1 when it was none of them. */
  get leadingAt(): number {
    return this.#step < this.#main ? this.#step - this.#leadingFrom : -1
  }

  /** Rows returned or affected by one of the leading statements. */
  rowsOfLeading(index: number): number {
    return countOf(this.#tagsBefore?.[this.#leadingFrom + index] ?? '')
  }

  /** Where the rows go that come now. */
  get #rows(): Record<string, unknown>[] {
    if (this.#step === this.#main) return this.results
    return this.#step > this.#main ? this.rowsAfter : this.rowsBefore
  }

  get #leadingFrom(): number {
    return this.#before === undefined ? 0 : 1
  }

  get #main(): number {
    return this.#leadingFrom + this.#leading.length
  }

  get #prepared(): PreparedStatements {
    if (this.connection === undefined) throw new TypeError('A statement needs a connection')
    return this.connection.prepared
  }
}

/** SQLSTATE invalid_sql_statement_name: the server does not know the name (any more). */
const UNKNOWN_STATEMENT = '26000'
/** SQLSTATE feature_not_supported, raised by this routine: the columns of a prepared statement have changed with the table. */
const OUTDATED_STATEMENT = { code: '0A000', routine: 'RevalidateCachedQuery' }

/**
 * The same statement, or its transaction, may succeed when it is run again: it met another transaction (on a replica: the replay of one), or the
 * server's idea of the prepared statement was out of date.
 */
export function mayRunAgain(error: unknown): boolean {
  return isSerializationFailure(error) || isStalePlan(error)
}

/** The statement failed because of what the server knew under its name; parsed anew it may succeed. */
function isStalePlan(error: unknown): boolean {
  const code = sqlState(error)
  if (code === UNKNOWN_STATEMENT) return true
  return code === OUTDATED_STATEMENT.code && (error as ServerError).routine === OUTDATED_STATEMENT.routine
}

/** Statements sent behind the one that brings the text for parsing rely on it: they fail with the name, and are told the reason. */
function forgetUncertain(prepared: PreparedStatements, step: Prepared, error: unknown): void {
  const wasKnown = step.shape !== undefined
  if (!wasKnown && sqlState(error) !== UNKNOWN_STATEMENT && sqlState(error) !== QUERY_CANCELED)
    step.failure ??= error
  if (wasKnown && sqlState(error) === UNKNOWN_STATEMENT) prepared.forgetAll()
  else if (!wasKnown || isStalePlan(error)) prepared.forget(step)
}

/** `INSERT 0 5` to 5, `CREATE TABLE` to 0. */
function countOf(tag: string): number {
  const count = Number(tag.slice(tag.lastIndexOf(' ') + 1))
  return Number.isNaN(count) ? 0 : count
}
