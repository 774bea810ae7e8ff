import { contains, type Label, type Lsn } from './label.ts'

/**
 * What a shared cache remembers of a changed tag for a while: values that do not contain the change are neither accepted nor served. It saves
 * readers from staleness that their contract allows, and nothing depends on it.
 */
export interface Tombstone {
  /** The primary's position after the change was acknowledged; never that of its commit record, which may precede its visibility. */
  readonly min: Lsn
  /** The write with that position; 0 where several have it. */
  readonly writeId: number
}

/** Whether a value contains the change. */
export function outlives(label: Pick<Label, 'source' | 'lo' | 'sees'>, { min, writeId }: Tombstone): boolean {
  return contains(label, min) || (writeId !== 0 && label.sees.includes(writeId))
}
