import type { StatementRunner } from '../declare/db.ts'
import type { TransactionRunner } from './store.ts'

/** The answer of a call, as it is kept for repetitions of it. */
export interface KeptAnswer {
  /** Of the input that it answers: 32 hexadecimal digits. */
  readonly fingerprint: string
  readonly answer: Uint8Array
}

export interface AnswerToKeep extends KeptAnswer {
  /** Of the call: 32 hexadecimal digits, the same for each repetition. */
  readonly id: string
  readonly operation: string
  /** Milliseconds. */
  readonly ttl: number
}

/** Another transaction that has claimed the same id is still running. */
export class ClaimedElsewhere extends Error {}

/** Another transaction has kept an answer under the same id. */
export class AnsweredElsewhere extends Error {}

/** `expired`: there is an answer whose time is over, and which has to be forgotten before another one can be kept. */
export type Found = KeptAnswer | 'expired' | undefined

/**
 * Answers of commands that happen once, in the database that the commands change.
 *
 * What is kept with a transaction is there exactly when its effects are. Two transactions that keep an answer under one id do not both commit: the one
 * that comes second fails with `AnsweredElsewhere`. Nothing else is needed for correctness; looking before, and the claim, only spare those who
 * come second their work.
 */
export interface IdempotencyLog {
  /** What is kept under an id, for a transaction whose COMMIT says how safe that is. */
  find(transaction: StatementRunner, id: string): Promise<Found>
  /**
   * Those of the ids under which something is kept. Asked outside of the transactions that it decides about, so that it is no part of what they have
   * read: neighbours in an index that serializable transactions read and write would fail each other.
   */
  findAny(runner: StatementRunner, ids: readonly string[]): Promise<ReadonlySet<string>>
  /** Lets a transaction fail with `ClaimedElsewhere` before its first statement takes effect, where that is so. A claim ends with its transaction. */
  claim(transaction: TransactionRunner, id: string): void
  /** Keeps an answer with the effects of its transaction, or lets it fail with `AnsweredElsewhere`. */
  keep(transaction: TransactionRunner, answer: AnswerToKeep): void
  /** Keeps an answer that has no effects. `false`: there is one already. */
  keepFirst(runner: StatementRunner, answer: AnswerToKeep): Promise<boolean>
  /** Forgets an answer whose time is over. */
  forget(runner: StatementRunner, id: string): Promise<void>
  /** Forgets answers whose time is over, the oldest first, at most so many; returns how many those were. */
  forgetExpired(runner: StatementRunner, most: number): Promise<number>
}
