import type { Rows } from '../../declare/db.ts'
import type { Bracket as BracketKind, CallFacts } from '../../ports/store.ts'
import type { Bracket } from './bracket.ts'
import type { Connection } from './connection.ts'
import type { WireValue } from './driver.ts'
import type { Receiver } from './exchange.ts'
import { QUERY_CANCELED, sqlState, statementFailure } from './failure.ts'
import { whyOver } from './over.ts'
import type { Pace } from './pace.ts'
import type { Seat } from './seat.ts'
import { Statement, type StatementSpec } from './statement.ts'

/** A read that was cut short more often than this gets a connection of its own, and then its failure. */
export const MOST_REPEATS = 3

/** Where a read was sent from: who decides what becomes of it when it does not get its answer. */
export interface ReadHome {
  /** The node, for messages. */
  readonly label: string
  /** Sends the read again and says so, or leaves the failure to the one who asked. */
  tryAgain(read: Read, error: unknown, statement: Statement): boolean
}

/** Whose read it is. */
export interface ReadKeeper {
  readonly call: CallFacts
  readonly pace: Pace
  /** What is asked around its reads. */
  readonly bracket: BracketKind
  /** Whether an answer may be handed out. If not, the keeper sees to it that there is another one. */
  accepts(read: Read, statement: Statement): boolean
  /** One of the reads has failed. */
  refused(): void
}

export interface Question {
  readonly text: string
  readonly values: readonly WireValue[]
}

/**
 * One read as its caller sees it. It is sent as a statement, and as another one when that is cut short on behalf of somebody else or its answer does
 * not do; the caller sees one answer. Each statement has a bracket of its own, so that the label is that of the statement that was answered.
 */
export class Read implements Receiver<Statement> {
  readonly call: CallFacts
  readonly pace: Pace
  readonly text: string
  readonly promise: Promise<Rows<never>>
  home: ReadHome | undefined = undefined
  /** Where it was sent from the last time. */
  seat: Seat | undefined = undefined
  /** How often it was asked again because a node did not show yet what has to be seen. */
  delays = 0
  /** How often it was sent again. */
  repeats = 0
  /** Its last try: on a connection that it shares with nobody. */
  isAlone = false
  readonly #values: readonly WireValue[]
  readonly #keeper: ReadKeeper
  #resolve!: (rows: Rows<never>) => void
  #reject!: (error: unknown) => void

  constructor(keeper: ReadKeeper, { text, values }: Question) {
    this.call = keeper.call
    this.pace = keeper.pace
    this.#keeper = keeper
    this.text = text
    this.#values = values
    this.promise = new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
  }

  /** Sends it, in the bracket that it wants. `before` runs first, in the same transaction. */
  sendOn(connection: Connection, before?: string): void {
    const { bracket: kind } = this.#keeper
    if (kind === 'none') connection.send(this.statement({ before }))
    else connection.brackets.around(kind, (bracket) => connection.send(this.statement({ before, bracket })))
  }

  /** What asks for it the next time it is sent. */
  statement(companions: Pick<StatementSpec, 'before' | 'after' | 'bracket'>): Statement {
    const spec = { ...companions, text: this.text, values: this.#values }
    return new Statement(spec, this.call.deadline).receiveWith(this)
  }

  complete(statement: Statement): void {
    const { bracket, results: rows, rowCount } = statement
    if (bracket !== undefined && this.#waitsFor(bracket, statement)) return
    if (!this.#keeper.accepts(this, statement)) return
    this.pace.observe(statement.served)
    this.call.probe.statement(this.text, statement.elapsed, rowCount)
    this.#resolve({ rows: rows as never[], rowCount })
  }

  fail(error: unknown, statement: Statement): void {
    const wasAnswered = statement.isSettled
    if (wasAnswered && this.home?.tryAgain(this, error, statement) === true) return
    this.abandon(wasAnswered ? this.#failure(error) : error, statement)
  }

  /** Ends it in spite of what the statement brings. */
  abandon(reason: unknown, { elapsed }: Statement): void {
    this.call.probe.statement(this.text, elapsed, 0)
    this.refuse(reason)
  }

  /** Ends it without (another) statement. */
  refuse(error: unknown): void {
    this.#keeper.refused()
    this.#reject(error)
  }

  /** What is not known of the position yet will be when the bracket is closed; what will never be is a reason to ask again. */
  #waitsFor(bracket: Bracket, statement: Statement): boolean {
    if (statement.closesBracket) bracket.closedBy(statement)
    if (!bracket.isCompleteFor(this.#keeper.bracket)) bracket.hold(this, statement)
    else if (bracket.failure !== undefined) this.fail(bracket.failure.error, statement)
    else return false
    return true
  }

  #failure(error: unknown): unknown {
    // Hit by a cancellation just before it would have been cancelled itself.
    const reason = sqlState(error) === QUERY_CANCELED ? whyOver(this.call.deadline) : undefined
    if (reason !== undefined) return reason
    const node = this.home?.label ?? 'the database'
    return statementFailure(error, { node, operation: this.call.operation, text: this.text, isRead: true })
  }
}
