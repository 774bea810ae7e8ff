import { answerSweeper } from '../enforce/idempotency/answer-sweeper.ts'
import type { Sweeper } from '../enforce/sweeper.ts'
import { stageOf } from '../plan/plan.ts'
import type { AppParts } from './app-parts.ts'
import type { BootedOperation } from './boot.ts'
import type { HeldStore } from './store-option.ts'

/** Deletes answers of idempotent commands whose time is over; `undefined` where there are no such commands. */
export function sweepAnswers(
  operations: readonly BootedOperation[],
  held: HeldStore | undefined,
  parts: AppParts,
): Sweeper | undefined {
  const isNeeded = operations.some(({ plan }) => stageOf(plan, 'idempotency') !== undefined)
  if (held === undefined || !isNeeded) return undefined
  const { store, idempotencyLog } = held
  return answerSweeper({ ...parts, store, idempotencyLog })
}
