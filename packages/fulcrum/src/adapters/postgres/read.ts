import type { Rows } from '../../declare/db.ts'
import type { CallFacts } from '../../ports/store.ts'
import type { WireValue } from './driver.ts'
import type { Receiver } from './exchange.ts'
import { QUERY_CANCELED, sqlState, statementFailure } from './failure.ts'
import { whyOver } from './over.ts'
import type { Pace } from './pace.ts'
import { Statement } from './statement.ts'

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
  /** One of the reads has got its answer. */
  answered(statement: Statement): void
  /** One of the reads has failed. */
  refused(): void
}

export interface Question {
  readonly text: string
  readonly values: readonly WireValue[]
}

/**
 * One read as its caller sees it. It is sent as a statement, and as another one when that is cut short on behalf of somebody else; the caller
 * sees one answer.
 */
export class Read implements Receiver<Statement> {
  readonly call: CallFacts
  readonly pace: Pace
  readonly text: string
  readonly promise: Promise<Rows<never>>
  home: ReadHome | undefined = undefined
  /** How often it was sent again. */
  repeats = 0
  /** Its last try: on a connection that it shares with nobody. */
  isAlone = false
  readonly #values: readonly WireValue[]
  readonly #session: ReadKeeper
  #resolve!: (rows: Rows<never>) => void
  #reject!: (error: unknown) => void

  constructor(session: ReadKeeper, { text, values }: Question) {
    this.call = session.call
    this.pace = session.pace
    this.#session = session
    this.text = text
    this.#values = values
    this.promise = new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
  }

  /** What asks for it the next time it is sent. `before` runs first, in the same transaction. */
  statement(before?: string): Statement {
    const { text } = this
    return new Statement({ text, values: this.#values, before }, this.call.deadline).receiveWith(this)
  }

  complete(statement: Statement): void {
    this.pace.observe(statement.served)
    const { results: rows, rowCount } = statement
    this.#session.answered(statement)
    this.call.probe.statement(this.text, statement.elapsed, rowCount)
    this.#resolve({ rows: rows as never[], rowCount })
  }

  fail(error: unknown, statement: Statement): void {
    const wasAnswered = statement.isSettled
    if (wasAnswered && this.home?.tryAgain(this, error, statement) === true) return
    this.call.probe.statement(this.text, statement.elapsed, 0)
    this.refuse(wasAnswered ? this.#failure(error) : error)
  }

  /** Ends it without (another) statement. */
  refuse(error: unknown): void {
    this.#session.refused()
    this.#reject(error)
  }

  #failure(error: unknown): unknown {
    // Hit by a cancellation just before it would have been cancelled itself.
    const reason = sqlState(error) === QUERY_CANCELED ? whyOver(this.call.deadline) : undefined
    if (reason !== undefined) return reason
    const node = this.home?.label ?? 'the database'
    return statementFailure(error, { node, operation: this.call.operation, text: this.text, isRead: true })
  }
}
