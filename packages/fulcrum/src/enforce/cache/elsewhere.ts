import type { EpochId } from '../../consistency/epoch.ts'
import type { Label } from '../../consistency/label.ts'

/** Stands where an epoch would for what has none: answers that were not read from a store, and applications without one. */
export const NO_EPOCH: EpochId = '0/0'

/**
 * The label of an answer that was not read from the store. No position says anything of it, so no session demands anything of it; which writes it
 * was read after is known all the same.
 */
export function labelElsewhere(fill: number, sees: readonly number[]): Label {
  return { epoch: NO_EPOCH, source: 'primary', lo: 0, hi: 0, snapshot: undefined, rx: 0, fill, sees }
}

export function isElsewhere({ epoch }: Label): boolean {
  return epoch === NO_EPOCH
}
