import type { IdempotencyLog } from '../../ports/idempotency-log.ts'
import { ALONE, ownFacts } from '../../ports/own-work.ts'
import type { Store } from '../../ports/store.ts'
import { Sweeper, type SweeperParts } from '../sweeper.ts'

const BATCH = 1_000

export interface AnswerSweeperParts extends Omit<SweeperParts, 'what' | 'batch'> {
  readonly store: Store
  readonly idempotencyLog: IdempotencyLog
}

/** Deletes answers whose time is over. */
export function answerSweeper({ store, idempotencyLog, ...parts }: AnswerSweeperParts): Sweeper {
  return new Sweeper({
    ...parts,
    what: 'answers of idempotent commands whose time is over',
    batch: async (deadline) => {
      const { value } = await store.transaction(ALONE, ownFacts('fulcrum.idempotency', deadline), (tx) =>
        idempotencyLog.forgetExpired(tx, BATCH),
      )
      return value === BATCH
    },
  })
}
