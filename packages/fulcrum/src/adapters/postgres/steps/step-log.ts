import { ALONE } from '../../../ports/own-work.ts'
import type { Answered, Statements } from '../../../ports/statements.ts'
import {
  type Begun,
  type HeldRun,
  type Memo,
  type RunEnd,
  RunTaken,
  type RunState,
  type RunToBegin,
  type ShownRun,
  type StepLog,
  type TakenRun,
  type Taking,
  type WhichRuns,
} from '../../../ports/step-log.ts'
import type { CallFacts, Store, TransactionRunner } from '../../../ports/store.ts'
import {
  BEAT,
  BEGIN_RUN,
  type BegunRow,
  END_RUN,
  END_RUN_OR_FAIL,
  FORGET_RUNS,
  LEAVE_RUNS,
  NOTE_MEMO,
  NOTE_MEMOS,
  READ_MEMOS,
  RETRY_RUN,
  SHOW_RUN,
  SHOW_RUNS,
  type ShownRow,
  TAKE_RUNS,
  type TakenRow,
  TURN_RUN,
} from './sql.ts'

const TAKEN = new RunTaken('another instance has taken the run')

/**
 * Runs in `fulcrum.step_run`, steps in `fulcrum.step`. What is not part of a command's transaction is a statement that takes effect by itself, on connections of its own: one
 * round trip each. Without a state besides those.
 */
export class PostgresStepLog implements StepLog {
  readonly #statements: Statements
  readonly #store: Store

  constructor(statements: Statements, store: Store) {
    this.#statements = statements
    this.#store = store
  }

  async beat(instance: string, ms: number): Promise<void> {
    await this.#rows(BEAT, [instance, ms])
  }

  async begin(begun: RunToBegin): Promise<Begun> {
    const { run, call, operation, fingerprint, input, principal, instance, holder } = begun
    const values = [run, call, operation, fingerprint, input, principal, instance, holder]
    const [row] = await this.#rows<BegunRow>(BEGIN_RUN, values)
    if (row?.run === run) return { kind: 'begun' }
    if (row === undefined || row.state === 'done') return { kind: 'over' }
    const isStuck = row.state === 'stuck'
    return { kind: 'there', run: row.run, fingerprint: row.fingerprint.replaceAll('-', ''), isStuck }
  }

  async take({ instance, operations, held, most, alive }: Taking): Promise<readonly TakenRun[]> {
    const rows = await this.#rows<TakenRow>(TAKE_RUNS, [instance, operations, held, most, alive])
    return rows.map(({ began_at: beganAt, call, fingerprint, ...row }) => ({
      ...row,
      beganAt,
      call: call.replaceAll('-', ''),
      fingerprint: fingerprint.replaceAll('-', ''),
    }))
  }

  memos(run: string): Promise<readonly Memo[]> {
    return this.#rows<Memo>(READ_MEMOS, [run])
  }

  async note(memos: readonly (HeldRun & Memo)[]): Promise<readonly HeldRun[]> {
    const column = <T>(of: (memo: HeldRun & Memo) => T): T[] => memos.map(of)
    const rows = await this.#rows<{ place: number }>(NOTE_MEMOS, [
      column(({ run }) => run),
      column(({ holder }) => holder),
      column(({ name }) => name),
      column(({ part }) => part),
      column(({ position }) => position),
      column(({ answer }) => Buffer.from(answer).toString('hex')),
    ])
    const kept = new Set(rows.map(({ place }) => place))
    return memos.filter((_, index) => !kept.has(index + 1))
  }

  noteWith(tx: TransactionRunner, { run, holder }: HeldRun, { name, part, position, answer }: Memo): void {
    tx.withCommit(NOTE_MEMO, [run, holder, name, part, position, answer], {
      refusedBy: '23502',
      refusal: TAKEN,
    })
  }

  async turn({ run, holder }: HeldRun, state: 'compensating' | 'stuck', reason: string): Promise<void> {
    await this.#changeHeld(TURN_RUN, [run, holder, state, reason])
  }

  endWith(tx: TransactionRunner, { run, holder }: HeldRun, { state, keep, reason }: RunEnd): void {
    const refused = { refusedBy: '22P02', refusal: TAKEN }
    tx.withCommit(END_RUN_OR_FAIL, [run, holder, state, keep, reason ?? null], refused)
  }

  async end({ run, holder }: HeldRun, { state, keep, reason }: RunEnd): Promise<void> {
    await this.#changeHeld(END_RUN, [run, holder, state, keep, reason ?? null])
  }

  async leave(held: readonly HeldRun[]): Promise<void> {
    await this.#rows(LEAVE_RUNS, [held.map(({ run }) => run), held.map(({ holder }) => holder)])
  }

  async forget(call: CallFacts, most: number): Promise<number> {
    const work = (tx: TransactionRunner) => tx.run<{ forgotten: number }>(FORGET_RUNS, [most])
    const { value } = await this.#store.transaction(ALONE, call, work)
    return value.rows[0]?.forgotten ?? 0
  }

  async runs({ states, operation, limit }: WhichRuns): Promise<readonly ShownRun[]> {
    return (await this.#rows<ShownRow>(SHOW_RUNS, [states, operation ?? null, limit])).map(shown)
  }

  async run(run: string): Promise<ShownRun | undefined> {
    const [row] = await this.#rows<ShownRow>(SHOW_RUN, [run])
    return row && shown(row)
  }

  async retry(run: string): Promise<boolean> {
    return (await this.#rows(RETRY_RUN, [run])).length > 0
  }

  close(): Promise<void> {
    return this.#statements.close()
  }

  async #changeHeld(text: string, values: readonly unknown[]): Promise<void> {
    const rows = await this.#rows(`${text} RETURNING 1 AS changed`, values)
    if (rows.length === 0) throw TAKEN
  }

  async #rows<R = unknown>(text: string, values: readonly unknown[]): Promise<R[]> {
    const answered = (await this.#statements.execute(text, values)) as Answered
    return answered.rows as R[]
  }
}

function shown({ began_at: beganAt, state, ...row }: ShownRow): ShownRun {
  return { ...row, state: state as RunState, beganAt }
}
