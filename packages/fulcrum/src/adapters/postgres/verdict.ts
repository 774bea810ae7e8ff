import { contains, type ReadLabel } from '../../consistency/label.ts'
import { settled } from '../../consistency/snapshot.ts'
import type { Bracket, ReadNeed } from '../../ports/store.ts'

/** `later`: the same node will do in a moment. `elsewhere`: it will not. */
export type Verdict = 'fit' | 'later' | 'elsewhere'

export interface Demands {
  readonly bracket: Bracket
  readonly need: ReadNeed | undefined
  /** Since when labelled data is known to be complete. */
  readonly asOf: (label: ReadLabel) => number
  /** As of when it has to be complete at least. */
  readonly notBefore: number
}

/**
 * Whether what was read may be handed out. Routing has chosen the node by what was known before; this decides by what the answer itself shows, so no
 * promise rests on the choice.
 */
export function judge(label: ReadLabel | undefined, { need, bracket, asOf, notBefore }: Demands): Verdict {
  if (label === undefined) return need === undefined && bracket === 'none' ? 'fit' : 'elsewhere'
  if (need === undefined) return 'fit'
  if (need.epoch !== undefined && label.epoch !== need.epoch) return 'elsewhere'
  if (label.source === 'replica')
    return contains(label, need.lsn) && asOf(label) >= notBefore ? 'fit' : 'elsewhere'
  // A primary has everything that was acknowledged before it was asked. What a replica has shown may not be visible there yet.
  const shown = need.rx === 0 || (label.snapshot !== undefined && settled(label.snapshot, need.rx))
  return shown ? 'fit' : 'later'
}
