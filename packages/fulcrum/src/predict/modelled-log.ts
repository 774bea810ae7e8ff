import type { StatementRunner } from '../declare/db.ts'
import type { IdempotencyLog } from '../ports/idempotency-log.ts'

const NONE: ReadonlySet<string> = new Set()

/** Answers as far as time goes: nothing is ever found, since modelled callers do not repeat calls. */
export class ModelledLog implements IdempotencyLog {
  async find(): Promise<undefined> {}

  async findAny(runner: StatementRunner): Promise<ReadonlySet<string>> {
    await runner.run('modelled', [])
    return NONE
  }

  claim(): void {}

  keep(): void {}

  async keepFirst(runner: StatementRunner): Promise<boolean> {
    await runner.run('modelled', [])
    return true
  }

  async forget(): Promise<void> {}

  async forgetExpired(): Promise<number> {
    return 0
  }
}
