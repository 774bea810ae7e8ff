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
