import { KEYS, NOTHING } from './data.ts'
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

export function noShadow(epoch: number): Shadow {
  return { epoch, wrote: NOTHING, saw: NOTHING, all: NOTHING }
}

export function mergeShadows(a: Shadow, b: Shadow): Shadow {
  if (a === b) return a
  return {
    epoch: a.epoch,
    wrote: greater(a.wrote, b.wrote),
    saw: greater(a.saw, b.saw),
    all: greater(a.all, b.all),
  }
}

function greater(a: readonly number[], b: readonly number[]): readonly number[] {
  if (reaches(a, b)) return a
  return reaches(b, a) ? b : a.map((value, key) => Math.max(value, b[key] as number))
}

function reaches(a: readonly number[], b: readonly number[]): boolean {
  if (a === b) return true
  for (let key = 0; key < KEYS; key++) if ((a[key] as number) < (b[key] as number)) return false
  return true
}

/** Raises the entries of `keys` to `versions`. */
export function raised(
  to: readonly number[],
  keys: readonly number[],
  versions: readonly number[],
): readonly number[] {
  let next: number[] | undefined
  for (let index = 0; index < keys.length; index++) {
    const key = keys[index] as number
    if ((to[key] as number) >= (versions[index] as number)) continue
    next ??= to.slice()
    next[key] = versions[index] as number
  }
  return next ?? to
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
