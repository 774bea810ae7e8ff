import { contains, type Label, type Lsn } from './label.ts'

/**
 * What is remembered of a change of a tag: values that do not contain the change are neither accepted nor served. It saves readers from staleness that
 * their contract allows, and nothing depends on it.
 */
export interface Tombstone {
  /**
   * The primary's position after the change was acknowledged; never that of its commit record, which may precede its visibility. 0: the change is not in
   * the store, and no position says anything of it.
   */
  readonly min: Lsn
  /** The write: a random number. 0 where several have the position. */
  readonly writeId: number
}

/** Whether the change is one of the store. */
export function hasPosition({ min }: Tombstone): boolean {
  return min > 0
}

/** Whether a value contains the change. Of one that is not in the store only the value's reader knows: by the writes that it had been told of. */
export function outlives(label: Pick<Label, 'source' | 'lo' | 'sees'>, tombstone: Tombstone): boolean {
  const { min, writeId } = tombstone
  if (hasPosition(tombstone) && contains(label, min)) return true
  return writeId !== 0 && label.sees.includes(writeId)
}

/** Changes of one tag outside of the store that are remembered one by one. */
export const MOST_ELSEWHERE = 8

/**
 * The tombstones of a tag after another change.
 *
 * Of changes in the store the latest is kept: what contains it contains the earlier ones. Two at one position have no order, so neither id speaks for
 * both.
 *
 * Changes elsewhere have no order at all: they are told in another one than they were made in, and whoever has been told of one need not have read
 * after the other. So each is kept. Beyond `MOST_ELSEWHERE` the one that was told first is forgotten: a value that lacks it, and has all of the later
 * ones, is then taken for a good one, until its time is over.
 */
export function bury<Told extends Tombstone>(known: readonly Told[], told: Told): readonly Told[] {
  const stored = known.find(hasPosition)
  const elsewhere = known.filter((each) => !hasPosition(each))
  if (hasPosition(told)) return [stored === undefined ? told : later(stored, told), ...elsewhere]
  const others = elsewhere.filter(({ writeId }) => writeId !== told.writeId)
  return [...(stored === undefined ? [] : [stored]), ...[...others, told].slice(-MOST_ELSEWHERE)]
}

function later<Told extends Tombstone>(known: Told, told: Told): Told {
  if (known.min !== told.min) return known.min > told.min ? known : told
  return known.writeId === told.writeId ? known : { ...told, writeId: 0 }
}
