import type { Rows } from '../../declare/db.ts'
import { fulcrumError } from '../../kernel/errors/fulcrum-error.ts'
import type {
  CallFacts,
  Condition,
  Refusal,
  TransactionRunner,
  TransactionSettings,
} from '../../ports/store.ts'
import type { Connection } from './connection.ts'
import type { Driver } from './driver.ts'
import { NOBODY, type Receiver } from './exchange.ts'
import { reasonOf, sqlState, statementFailure } from './failure.ts'
import type { PostgresNode } from './node.ts'
import { Script } from './script.ts'
import { BEGIN, opening, ROLLBACK, type TransactionId } from './sql/transaction.ts'
import { mayRunAgain, type Question, Statement } from './statement.ts'
import { refuseControl, textTraits } from './text-traits.ts'

const NONE: readonly unknown[] = []

export interface TransactionParts {
  readonly node: PostgresNode
  readonly driver: Driver
}

/** A transaction that is to be committed: what its COMMIT needs. */
export interface Begun {
  readonly connection: Connection
  readonly id: TransactionId
}

/**
 * The statements of one transaction.
 *
 * new → begun with the first statement (BEGIN and the question for the transaction's id travel in the same message) → ended. A transaction
 * without statements never takes a connection. What is to be run with COMMIT is sent when that is. Once a statement has failed, no other one is sent, and it cannot be committed.
 */
export class Transaction implements TransactionRunner {
  readonly #parts: TransactionParts
  readonly #call: CallFacts
  readonly #begin: string
  #beginning: Promise<unknown> | undefined = undefined
  #connection: Connection | undefined = undefined
  #id: TransactionId | undefined = undefined
  #failure: { readonly error: unknown } | undefined = undefined
  /** The failure is what a condition was to be told as. */
  #isRefused = false
  #condition: Condition | undefined = undefined
  readonly #last: LastStatement[] = []
  #hasEnded = false

  constructor(parts: TransactionParts, { isolation }: TransactionSettings, call: CallFacts) {
    this.#parts = parts
    this.#call = call
    this.#begin = BEGIN[isolation]
  }

  async run<R>(text: string, values: readonly unknown[]): Promise<Rows<R>> {
    const traits = textTraits(text)
    refuseControl(traits, text, this.#call.operation)
    this.#refuse()
    const spec = this.#spec(text, values)
    const isFirst = this.#beginning === undefined
    // What follows the first is not sent before it is certain that there is a transaction: outside of one it would take effect at once.
    if (isFirst) this.#beginning = this.#first(spec)
    const first = await this.#beginning
    if (isFirst) return first as Rows<R>
    this.#refuse()
    const connection = this.#held()
    if (traits.isSticky) connection.isSpoiled = true
    return this.#send<R>(connection, new Statement(spec, this.#call.deadline))
  }

  startWith(condition: Condition): void {
    this.#refuse()
    this.#condition = condition
  }

  withCommit(text: string, values: readonly unknown[], refusal?: Refusal): void {
    this.#refuse()
    this.#last.push({ spec: this.#spec(text, values), refusal })
  }

  get failure(): unknown {
    return this.#failure?.error
  }

  /** What travels with COMMIT, in order. */
  get last(): readonly Question[] {
    return this.#last.map(({ spec }) => spec)
  }

  /** Tells how long what travelled with COMMIT took: all of it together, for that is how it was answered. */
  reportLast(commit: Statement): void {
    for (const [index, { spec }] of this.#last.entries())
      this.#call.probe.statement(spec.text, commit.elapsed, commit.rowsOfLeading(index))
  }

  /** One of the statements that travelled with COMMIT has failed; returns why the transaction has. */
  lastFailed(index: number, error: unknown): unknown {
    const { spec, refusal } = this.#last[index] ?? {}
    this.#refusedOr(error, refusal, () => this.#told(error, spec?.text ?? ''))
    return this.aborted()
  }

  /** What COMMIT needs; `undefined` when nothing has been sent. @throws FUL-4004 when a statement has failed, or why the deadline is over. */
  async end(): Promise<Begun | undefined> {
    const only = this.#beginning === undefined ? this.#last.shift() : undefined
    // What travels with COMMIT still has to have a transaction to travel in.
    if (only !== undefined) await (this.#beginning = this.#first(only.spec, only.refusal))
    this.#hasEnded = true
    // A handler may return without awaiting its first statement.
    await this.#beginning?.catch(ignore)
    if (this.#failure !== undefined) throw this.aborted()
    this.#call.deadline.throwIfOver()
    if (this.#connection === undefined || this.#id === undefined) return undefined
    return { connection: this.#connection, id: this.#id }
  }

  /** Why it cannot be committed. What might have succeeded if it had been run again is told as such, whatever the handler made of it. */
  aborted(): unknown {
    const cause = this.failure
    if (mayRunAgain(cause) || this.#isRefused) return cause
    const { operation } = this.#call
    return fulcrumError('FUL-4004', { reason: reasonOf(cause) }, { operation, cause })
  }

  /** Gives the connection back after COMMIT. */
  committed(): void {
    if (this.#connection !== undefined) this.#parts.node.pool.release(this.#connection)
    this.#connection = undefined
  }

  /** Rolls back in the background; the connection goes back when that is done. Never throws. */
  rollback(reason: unknown): void {
    this.#hasEnded = true
    // A connection that is still on its way is let go when it comes.
    if (this.#connection === undefined)
      void this.#beginning?.then(ignore, ignore).then(() => this.#letGo(reason))
    else this.#letGo(reason)
  }

  #letGo(reason: unknown): void {
    const connection = this.#connection
    if (connection === undefined) return
    this.#connection = undefined
    connection.abandonAll(reason)
    connection.send(new Script(ROLLBACK).receiveWith(NOBODY))
    this.#parts.node.pool.release(connection)
  }

  #spec(text: string, values: readonly unknown[]): Question {
    return { text, values: values.map(this.#parts.driver.prepareValue) }
  }

  #opening(): Question {
    const { expression, values = NONE } = this.#condition ?? {}
    return this.#spec(opening(expression), values)
  }

  async #first(spec: Question, refusal?: Refusal): Promise<Rows> {
    try {
      const connection = await this.#parts.node.acquire(this.#call)
      this.#connection = connection
      this.#refuse()
      if (textTraits(spec.text).isSticky) connection.isSpoiled = true
      const whole = { ...spec, before: this.#begin, leading: [this.#opening()] }
      const statement = new Statement(whole, this.#call.deadline)
      const rows = await this.#send<Record<string, unknown>>(connection, statement, refusal)
      this.#id = statement.rowsBefore[0] as unknown as TransactionId
      return rows
    } catch (error) {
      throw this.#failed(error)
    }
  }

  #send<R>(connection: Connection, statement: Statement, refusal?: Refusal): Promise<Rows<R>> {
    const answer = new Answer(this.#call, (error) => {
      const condition = statement.leadingAt < 0 ? refusal : this.#condition
      return this.#refusedOr(error, condition, () =>
        statement.isSettled ? this.#told(error, statement.text) : error,
      )
    })
    connection.send(statement.receiveWith(answer))
    return answer.promise as Promise<Rows<R>>
  }

  #failed(error: unknown): unknown {
    this.#failure ??= { error }
    return error
  }

  /** What the transaction has failed with, if it is the first failure: what a condition is to be told as, or else what `told` says. */
  #refusedOr(error: unknown, condition: Refusal | undefined, told: () => unknown): unknown {
    const refused = refusalOf(error, condition)
    if (refused !== undefined && this.#failure === undefined) this.#isRefused = true
    return this.#failed(refused ?? told())
  }

  #told(error: unknown, text: string): unknown {
    const { label: node } = this.#parts.node
    return statementFailure(error, { node, operation: this.#call.operation, text, isRead: false })
  }

  #refuse(): void {
    if (this.#hasEnded) throw this.#over()
    this.#call.deadline.throwIfOver()
    if (this.#failure !== undefined) throw this.aborted()
  }

  #held(): Connection {
    if (this.#connection === undefined) throw this.#over()
    return this.#connection
  }

  #over(): Error {
    const params = { part: 'the transaction', reason: 'it has ended' }
    return fulcrumError('FUL-3012', params, { operation: this.#call.operation })
  }
}

/** A statement that travels with COMMIT, and may be a condition of it. */
interface LastStatement {
  readonly spec: Question
  readonly refusal: Refusal | undefined
}

/** What a transaction fails with when a condition of it does. */
function refusalOf(error: unknown, condition: Refusal | undefined): Error | undefined {
  return condition !== undefined && sqlState(error) === condition.refusedBy ? condition.refusal : undefined
}

/** The answer of one statement, for the one who runs it. */
class Answer implements Receiver<Statement> {
  readonly #call: CallFacts
  readonly #failed: (error: unknown) => unknown
  readonly #resolvers = Promise.withResolvers<Rows>()

  constructor(call: CallFacts, failed: (error: unknown) => unknown) {
    this.#call = call
    this.#failed = failed
  }

  get promise(): Promise<Rows> {
    return this.#resolvers.promise
  }

  complete(statement: Statement): void {
    const { results: rows, rowCount } = statement
    this.#report(statement, rowCount)
    this.#resolvers.resolve({ rows, rowCount })
  }

  fail(error: unknown, statement: Statement): void {
    this.#report(statement, 0)
    this.#resolvers.reject(this.#failed(error))
  }

  #report({ text, elapsed }: Statement, rows: number): void {
    this.#call.probe.statement(text, elapsed, rows)
  }
}

function ignore(): void {}
