import type { StatementRunner } from '../../../declare/db.ts'
import type { ImportReport } from '../../../declare/ndjson.ts'
import { ClaimedElsewhere } from '../../../ports/idempotency-log.ts'
import type { Checkpoint, ImportLog, ImportProgress } from '../../../ports/import-log.ts'
import type { TransactionRunner } from '../../../ports/store.ts'
import { CHECKPOINT, CHECKPOINT_REFUSED_BY, FIND_IMPORT, FORGET_IMPORTS } from './sql.ts'

const CLAIMED = new ClaimedElsewhere()

interface ProgressRow {
  readonly line: number
  readonly digest: string
  readonly report: ImportReport
  readonly is_done: boolean
}

/** Imports in `fulcrum.import`. */
export const postgresImportLog: ImportLog = Object.freeze({
  async find(runner: StatementRunner, id: string): Promise<ImportProgress | undefined> {
    const [row] = (await runner.run<ProgressRow>(FIND_IMPORT, [id])).rows
    return row && { line: row.line, digest: row.digest, report: row.report, isDone: row.is_done }
  },

  checkpointWith(tx: TransactionRunner, checkpoint: Checkpoint): void {
    const { id, operation, from, line, digest, report, isDone, ttl } = checkpoint
    const refused = { refusedBy: CHECKPOINT_REFUSED_BY, refusal: CLAIMED }
    tx.withCommit(
      CHECKPOINT,
      [id, operation, from, line, digest, JSON.stringify(report), isDone, ttl],
      refused,
    )
  },

  async forgetExpired(runner: StatementRunner, most: number): Promise<number> {
    return (await runner.run(FORGET_IMPORTS, [most])).rowCount
  },
})
