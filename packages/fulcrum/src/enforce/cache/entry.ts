import type { Label } from '../../consistency/label.ts'

/** What an answer is stored as: the value, or the declared error that says that there is none. */
export type Stored =
  | { readonly kind: 'value'; readonly value: unknown; readonly version: string | number | undefined }
  | { readonly kind: 'absence'; readonly code: string; readonly data: unknown }

/**
 * A cached answer. All times are on the instance's own clock (`Clock.now()`), whatever instance filled it.
 *
 * fresh → refreshing (from `refreshAt` on somebody is sent to read it anew, while others are still served) → expired (from `expiresAt` on) → gone
 * (from `goneAt` on): what is expired may still stand in, as far as the contract allows. Invalidation drops it at any time.
 */
export interface Entry {
  readonly stored: Stored
  /** `undefined` for what was not read from a store with positions. */
  readonly label: Label | undefined
  /** Keys of the tags that it was read under. */
  readonly tags: readonly number[]
  /** When it was read from the origin; on other instances, not before. */
  readonly readAt: number
  /** The last moment as of which it is known to be complete. Moves on as more becomes known; `-Infinity`: not known. */
  asOf: number
  readonly refreshAt: number
  readonly expiresAt: number
  readonly goneAt: number
  /** Milliseconds that reading it took. */
  readonly cost: number
  /** About how much memory it takes, in bytes. */
  readonly bytes: number
  /** It was filled here since the change stream has been complete, so that the watermark speaks for it. */
  readonly followed: boolean
  /** It is in the local tier, where a change would drop it. Kept by the tier; what was dropped lacks something, however far the stream has come. */
  isHeld: boolean
}
