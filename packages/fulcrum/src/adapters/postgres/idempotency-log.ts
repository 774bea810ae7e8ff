import type { StatementRunner } from '../../declare/db.ts'
import {
  AnsweredElsewhere,
  type AnswerToKeep,
  ClaimedElsewhere,
  type Found,
  type IdempotencyLog,
} from '../../ports/idempotency-log.ts'
import type { TransactionRunner } from '../../ports/store.ts'
import {
  ANSWER_REFUSED_BY,
  type AnswerRow,
  CLAIM,
  CLAIM_REFUSED_BY,
  FIND_ANSWER,
  FIND_ANSWERS,
  FORGET_ANSWER,
  FORGET_EXPIRED_ANSWERS,
  KEEP_ANSWER,
  KEEP_FIRST_ANSWER,
} from './sql/idempotency.ts'

const CLAIMED = new ClaimedElsewhere()
const ANSWERED = new AnsweredElsewhere()

/** Answers in `fulcrum.idempotency`; claims are advisory locks of the transaction, which PostgreSQL gives back whatever becomes of it. */
export class PostgresIdempotencyLog implements IdempotencyLog {
  async find(runner: StatementRunner, id: string): Promise<Found> {
    const [row] = (await runner.run<AnswerRow>(FIND_ANSWER, [id])).rows
    if (row === undefined) return undefined
    return row.has_expired ? 'expired' : { fingerprint: digitsOf(row.fingerprint), answer: row.answer }
  }

  async findAny(runner: StatementRunner, ids: readonly string[]): Promise<ReadonlySet<string>> {
    const { rows } = await runner.run<{ readonly id: string }>(FIND_ANSWERS, [`{${ids.join()}}`])
    return new Set(rows.map(({ id }) => digitsOf(id)))
  }

  claim(transaction: TransactionRunner, id: string): void {
    const refused = { refusedBy: CLAIM_REFUSED_BY, refusal: CLAIMED }
    transaction.startWith({ expression: CLAIM, values: [lockOf(id)], ...refused })
  }

  keep(transaction: TransactionRunner, answer: AnswerToKeep): void {
    const refused = { refusedBy: ANSWER_REFUSED_BY, refusal: ANSWERED }
    transaction.withCommit(KEEP_ANSWER, valuesOf(answer), refused)
  }

  async keepFirst(runner: StatementRunner, answer: AnswerToKeep): Promise<boolean> {
    const { rowCount } = await runner.run(KEEP_FIRST_ANSWER, valuesOf(answer))
    return rowCount === 1
  }

  async forget(runner: StatementRunner, id: string): Promise<void> {
    await runner.run(FORGET_ANSWER, [id])
  }

  async forgetExpired(runner: StatementRunner, most: number): Promise<number> {
    return (await runner.run(FORGET_EXPIRED_ANSWERS, [most])).rowCount
  }
}

function digitsOf(uuid: string): string {
  return uuid.replaceAll('-', '')
}

function valuesOf({ id, operation, fingerprint, answer, ttl }: AnswerToKeep): readonly unknown[] {
  return [id, operation, fingerprint, answer, ttl]
}

/** Advisory locks are numbers of 64 bits; two ids that share one get into each other's way, and nothing worse. */
function lockOf(id: string): string {
  return BigInt.asIntN(64, BigInt(`0x${id.slice(0, 16)}`)).toString()
}
