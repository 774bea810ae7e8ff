import { answerSweeper } from '../enforce/idempotency/answer-sweeper.ts'
import type { Disposer } from '../kernel/disposal.ts'
import { stageOf } from '../plan/plan.ts'
import type { AppParts } from './app-parts.ts'
import type { BootedOperation } from './boot.ts'
import type { HeldStore } from './store-option.ts'

/** Deletes answers whose time is over, until the disposer stops it; nothing happens where no operation keeps any. */
export function sweepAnswers(
  operations: readonly BootedOperation[],
  held: HeldStore | undefined,
  { disposer, ...parts }: AppParts & { readonly disposer: Disposer },
): void {
  const isNeeded = operations.some(({ plan }) => stageOf(plan, 'idempotency') !== undefined)
  if (held === undefined || !isNeeded) return
  const { store, idempotencyLog } = held
  const hasImports = operations.some(({ plan }) => stageOf(plan, 'import') !== undefined)
  const importLog = hasImports ? held.importLog : undefined
  const sweeper = answerSweeper({ ...parts, store, idempotencyLog, importLog })
  disposer.use('idempotency', () => sweeper.stop())
  sweeper.start()
}
