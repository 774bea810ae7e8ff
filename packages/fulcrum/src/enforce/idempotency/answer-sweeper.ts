import type { IdempotencyLog } from '../../ports/idempotency-log.ts'
import type { ImportLog } from '../../ports/import-log.ts'
import { ALONE, ownFacts } from '../../ports/own-work.ts'
import type { Store } from '../../ports/store.ts'
import { Sweeper, type SweeperParts } from '../sweeper.ts'

const BATCH = 1_000

export interface AnswerSweeperParts extends Omit<SweeperParts, 'what' | 'batch'> {
  readonly store: Store
  readonly idempotencyLog: IdempotencyLog
  /** Where there are imports, which are forgotten as well. */
  readonly importLog?: ImportLog | undefined
}

/** Deletes answers whose time is over. */
export function answerSweeper({ store, idempotencyLog, importLog, ...parts }: AnswerSweeperParts): Sweeper {
  return new Sweeper({
    ...parts,
    what: 'answers of idempotent commands whose time is over',
    batch: async (deadline) => {
      const forget = async (log: Pick<IdempotencyLog, 'forgetExpired'>): Promise<boolean> => {
        const facts = ownFacts('fulcrum.idempotency', deadline)
        const { value } = await store.transaction(ALONE, facts, (tx) => log.forgetExpired(tx, BATCH))
        return value === BATCH
      }
      const hasMoreImports = importLog !== undefined && (await forget(importLog))
      return (await forget(idempotencyLog)) || hasMoreImports
    },
  })
}
