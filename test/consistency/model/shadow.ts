import { KEYS } from './data.ts'
import type { Lineage } from './lineage.ts'

/**
 * What a session has really written and seen, in versions: what a token only says in positions. By key:
 *
 * - `wrote`: written under the key's tag, which promises that it is read again;
 * - `saw`: seen by a read that promises not to go back;
 * - `all`: either of these, and what was written without a word about tags.
 */
export interface Shadow {
  readonly epoch: number
  readonly wrote: readonly number[]
  readonly saw: readonly number[]
  readonly all: readonly number[]
}

const NOTHING: readonly number[] = Array.from({ length: KEYS }, () => 0)

export function noShadow(epoch: number): Shadow {
  return { epoch, wrote: NOTHING, saw: NOTHING, all: NOTHING }
}

export function mergeShadows(a: Shadow, b: Shadow): Shadow {
  return {
    epoch: a.epoch,
    wrote: greater(a.wrote, b.wrote),
    saw: greater(a.saw, b.saw),
    all: greater(a.all, b.all),
  }
}

export function greater(a: readonly number[], b: readonly number[]): readonly number[] {
  if (a === b || b === NOTHING) return a
  return a.map((value, index) => Math.max(value, b[index] as number))
}

/** Raises the entries of `keys` to `versions`. */
export function raised(
  to: readonly number[],
  keys: readonly number[],
  versions: readonly number[],
): readonly number[] {
  const next = to.slice()
  keys.forEach((key, index) => (next[key] = Math.max(next[key] as number, versions[index] as number)))
  return next
}

/** What is left of it in a later epoch, and whether something was lost. */
export function shadowIn(shadow: Shadow, epoch: number, lineage: Lineage): { left: Shadow; isLoss: boolean } {
  if (shadow.epoch >= epoch) return { left: shadow, isLoss: false }
  let isLoss = false
  const clamp = (versions: readonly number[]): readonly number[] =>
    versions.map((version, key) => {
      const left = lineage.remains(key, version, { from: shadow.epoch, to: epoch })
      isLoss ||= left !== version
      return left
    })
  const left = { epoch, wrote: clamp(shadow.wrote), saw: clamp(shadow.saw), all: clamp(shadow.all) }
  return { left, isLoss }
}
