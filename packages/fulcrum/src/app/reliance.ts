import type { StageName } from '../plan/plan.ts'
import { needsPositions } from '../plan/missing-capabilities.ts'
import type { Reliance } from '../ports/store.ts'
import type { BootedOperation } from './boot.ts'

/** What the declared operations rely on beyond what can be planned. */
export function relianceOf(operations: readonly BootedOperation[]): Reliance {
  const contracts = operations.map(({ operation }) => operation.contract)
  return {
    positions: contracts.some(needsPositions),
    standbys: contracts.some(({ transaction }) => transaction?.durability === 'replicated'),
  }
}

/** Stages that keep something in the database for themselves. */
const KEEPING: readonly StageName[] = ['outbox', 'record', 'subscription', 'job', 'steps', 'import']

/** Whether some operation keeps something in Fulcrum's own tables. Who declares nothing of the kind does not get them. */
export function needsOwnTables(operations: readonly BootedOperation[]): boolean {
  return operations.some(({ plan }) => plan.stages.some(({ stage }) => KEEPING.includes(stage)))
}
