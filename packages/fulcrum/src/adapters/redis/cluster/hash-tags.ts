import { tagKey } from '../../../consistency/tag-key.ts'

/** Of every cluster. */
const SLOTS = 16_384

/**
 * What stands in the braces of the keys of each bucket (Redis cluster specification, "Hash tags"): the shortest texts that lead to the middle of each
 * sixteenth of the slots, since nodes have ranges of them. All instances have to agree on the list, so it never changes.
 */
const TEXTS = '8yc mws pt6 4x6 8ha eoi 4mt 4i4 265 22u c0h 6zp gio 5f 6o2 6kr'.split(' ')

export interface HashTag {
  readonly text: string
  /** CRC16 of the text, modulo the number of slots. */
  readonly slot: number
}

export const HASH_TAGS: readonly HashTag[] = TEXTS.map((text, index) => ({
  text,
  slot: (SLOTS / TEXTS.length) * (index + 0.5),
}))

/** Number of the bucket where an entry lies, or the version of an operation: by its name only, so all instances look in the same one. */
export function bucketOf(id: string): number {
  return tagKey(id) % TEXTS.length
}
