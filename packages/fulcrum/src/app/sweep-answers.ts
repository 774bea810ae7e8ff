import { AnswerSweeper } from '../enforce/idempotency/sweeper.ts'
import { stageOf } from '../plan/plan.ts'
import type { AppParts } from './app-parts.ts'
import type { BootedOperation } from './boot.ts'
import type { HeldStore } from './store-option.ts'

/** Deletes answers of idempotent commands whose time is over; `undefined` where there are no such commands. */
export function sweepAnswers(
  operations: readonly BootedOperation[],
  held: HeldStore | undefined,
  parts: AppParts,
): AnswerSweeper | undefined {
  const isNeeded = operations.some(({ plan }) => stageOf(plan, 'record') !== undefined)
  if (held === undefined || !isNeeded) return undefined
  return new AnswerSweeper({ ...parts, store: held.store, log: held.idempotencyLog, report: parts.log })
}
