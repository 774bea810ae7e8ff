import type { Label } from '../../consistency/label.ts'

/** What an answer is stored as: the value, or the declared error that says that there is none. */
export type Stored =
  | { readonly kind: 'value'; readonly value: unknown; readonly version: string | number | undefined }
  | { readonly kind: 'absence'; readonly code: string; readonly data: unknown }

/** What it says: the value, or the data of the error. */
export function contentOf(stored: Stored): unknown {
  return stored.kind === 'value' ? stored.value : stored.data
}

/**
 * An answer that may be served again. All times are on the instance's own clock (`Clock.now()`), whatever instance filled it.
 *
 * fresh → refreshing (from `refreshAt` on somebody is sent to read it anew, while others are still served) → expired (from `expiresAt` on): what is
 * expired may still stand in, as far as the contract allows. Invalidation drops it at any time.
 */
export interface Entry {
  readonly stored: Stored
  /** `undefined` where it is not known what it contains: it was read from a node whose position is not known. Such an entry is not kept. */
  readonly label: Label | undefined
  /** Keys of the tags that it was read under. */
  readonly tags: readonly number[]
  /** When its reading from the origin began; on other instances, not after that. */
  readonly readAt: number
  /** The last moment as of which it is known to be complete. Moves on as more becomes known; `-Infinity`: not known. */
  asOf: number
  /** Put off when reading it anew has failed. */
  refreshAt: number
  readonly expiresAt: number
  /** About how much memory its answer takes, in bytes. */
  readonly bytes: number
  /** What it may lack is remembered or still to be told by the change stream: while it is held, the stream's watermark speaks for it. */
  isFollowed: boolean
  /** It is on a shelf of the local tier, and so would be dropped by a change. Kept by the tier. */
  isHeld: boolean
  /** Its value as a promise, for hits that need nothing else. Made with the first of them. */
  answer: Promise<unknown> | undefined
}
