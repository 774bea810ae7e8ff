import type { EpochId } from '../consistency/epoch.ts'
import type { Lsn } from '../consistency/label.ts'
import type { StorePosition } from './store.ts'

/**
 * What the tables of a projection contain: everything that was committed before the log had reached this position.
 *
 * A round of deliveries asks where the log is (L), then takes the snapshot that says which events there are, and applies all of them. A writer that asks where
 * the log is after its COMMIT was acknowledged (T) is visible to every snapshot that is taken later. Positions only grow, so where T < L, the round has asked
 * later than the writer, and its snapshot contains what was written. Where T = L nobody knows who asked first.
 */
export type Coverage = StorePosition

/** Whether what was written before `position` was asked for is in there. Positions of two histories say nothing about each other. */
export function covers(
  coverage: Coverage | undefined,
  position: { readonly epoch: EpochId | undefined; readonly lsn: Lsn },
): boolean {
  return coverage !== undefined && coverage.epoch === position.epoch && coverage.lsn > position.lsn
}
