import type { StatementRunner } from '../declare/db.ts'
import type { ImportReport } from '../declare/ndjson.ts'
import type { TransactionRunner } from './store.ts'

/** How far an import is. */
export interface ImportProgress {
  /** Lines that are done with. */
  readonly line: number
  /** Of all lines so far: 64 hexadecimal digits. */
  readonly digest: string
  readonly report: ImportReport
  readonly isDone: boolean
}

export interface Checkpoint extends ImportProgress {
  /** Of the call: 32 hexadecimal digits. */
  readonly id: string
  readonly operation: string
  /** The line that it goes on from. */
  readonly from: number
  /** Milliseconds for which it is kept. */
  readonly ttl: number
}

/**
 * How far imports are, in the database that they change. A checkpoint is written with the effects of its rows, and only where nobody else has written one since: who
 * comes second fails with `ClaimedElsewhere`.
 */
export interface ImportLog {
  /** `undefined`: it has not begun, or was forgotten. */
  find(runner: StatementRunner, id: string): Promise<ImportProgress | undefined>
  checkpointWith(tx: TransactionRunner, checkpoint: Checkpoint): void
  /** Forgets imports whose time is over, at most so many; returns how many that were. */
  forgetExpired(runner: StatementRunner, most: number): Promise<number>
}
