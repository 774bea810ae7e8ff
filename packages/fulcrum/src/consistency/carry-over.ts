import { type EpochId, parseEpoch } from './epoch.ts'
import type { Lsn } from './label.ts'
import { NEW_TOKEN, type Token, type Touched } from './token.ts'

/** The present epoch, and where it left the one before. */
export interface EpochChange {
  readonly epoch: EpochId
  /** The last position that timelines up to `sinceTimeline` share with the present one; `undefined` when that is not known. */
  readonly forkOf: (timeline: number) => Lsn | undefined
}

/**
 * - `kept`: the token is of this epoch, or of none.
 * - `carried`: it is older, and all that it speaks of came along.
 * - `reset`: it speaks of what did not come along, such as a write that was acknowledged and lost. What is left is what the epochs share.
 * - `ahead`: it is of a newer epoch than this instance knows of.
 */
export type Carried =
  { readonly outcome: 'kept' | 'carried' | 'reset'; readonly token: Token } | { readonly outcome: 'ahead' }

/** Takes a token from an earlier epoch into the present one. */
export function carryOver(token: Token, { epoch, forkOf }: EpochChange): Carried {
  if (token.epoch === undefined || token.epoch === epoch) return { outcome: 'kept', token }
  const from = parseEpoch(token.epoch)
  const now = parseEpoch(epoch)
  if (from?.systemId !== now?.systemId || from === undefined || now === undefined)
    return { outcome: 'reset', token: { ...NEW_TOKEN, epoch } }
  if (from.timeline > now.timeline) return { outcome: 'ahead' }
  const fork = forkOf(from.timeline)
  const clamped = clamp(token, epoch, fork ?? 0)
  return { outcome: furthest(token) <= (fork ?? 0) ? 'carried' : 'reset', token: clamped }
}

function furthest({ w, floor, sawFloor, tags }: Token): Lsn {
  let most = Math.max(w, floor, sawFloor)
  for (const { wrote, saw } of tags.values()) most = Math.max(most, wrote, saw)
  return most
}

/**
 * Transaction ids and fills mean nothing in the new epoch: what the old primary had in progress is over, and its cached values are out of reach.
 */
function clamp(token: Token, epoch: EpochId, fork: Lsn): Token {
  const tags = new Map<number, Touched>()
  for (const [tag, { wrote, saw }] of token.tags)
    tags.set(tag, { wrote: Math.min(wrote, fork), writeId: 0, saw: Math.min(saw, fork), rx: 0, fill: 0 })
  return {
    epoch,
    w: Math.min(token.w, fork),
    floor: Math.min(token.floor, fork),
    sawFloor: Math.min(token.sawFloor, fork),
    rxFloor: 0,
    tags,
  }
}
