import type { EpochId } from './epoch.ts'
import type { Label, Lsn } from './label.ts'

/** More tags than this are forgotten one by one into the floors, so that a token fits in a header. */
export const MOST_TAGS = 32

/** What a session has written to and seen of one tag. Zero: nothing. */
export interface Touched {
  /** The primary's position after the session's last write. */
  readonly wrote: Lsn
  /** The id of that write. */
  readonly writeId: number
  /** Nothing that the session has seen of it lies beyond this position. */
  readonly saw: Lsn
  /** The greatest `rx` of what it has seen of it. */
  readonly rx: number
  /** The fill of the cached value that it saw at `saw`. */
  readonly fill: number
}

/** What a session has to see from now on. Immutable; `undefined` as an epoch: it has met no database yet. */
export interface Token {
  readonly epoch: EpochId | undefined
  /** Its last write, to whatever tag: no `wrote`, and no `floor`, lies beyond. */
  readonly w: Lsn
  /** The greatest `wrote`, `saw` and `rx` of the tags that were forgotten. */
  readonly floor: Lsn
  readonly sawFloor: Lsn
  readonly rxFloor: number
  readonly tags: ReadonlyMap<number, Touched>
}

/** A session that has done nothing yet. */
export const NEW_TOKEN: Token = Object.freeze({
  epoch: undefined,
  w: 0,
  floor: 0,
  sawFloor: 0,
  rxFloor: 0,
  tags: new Map<number, Touched>(),
})

/** Ids are never zero. */
const NO_ID = 0

const UNTOUCHED: Touched = Object.freeze({ wrote: 0, writeId: NO_ID, saw: 0, rx: 0, fill: NO_ID })

/** An acknowledged write. */
export interface Write {
  readonly epoch: EpochId
  /** The primary's position, asked for after the acknowledgement. */
  readonly lsn: Lsn
  /** A random number that no other write has. */
  readonly id: number
}

/** The session has written. Its token is of the write's epoch, or of none. */
export function wrote(token: Token, tags: readonly number[], write: Write): Token {
  const next = new Map(token.tags)
  for (const tag of tags) put(next, tag, afterWrite(next.get(tag) ?? UNTOUCHED, write.lsn, write.id))
  return bounded({ ...token, epoch: write.epoch, w: Math.max(token.w, write.lsn), tags: next })
}

/**
 * The session has seen a value that was servable to it. Its token is of the label's epoch, or of none. What it saw before is part of this value,
 * so its fill is the one that counts from now on.
 */
export function saw(token: Token, tags: readonly number[], label: Label): Token {
  const { epoch, hi, rx, fill } = label
  if (token.epoch === epoch && hasSeen(token, tags, label)) return token
  const next = new Map(token.tags)
  for (const tag of tags) {
    const before = next.get(tag) ?? UNTOUCHED
    put(next, tag, { ...before, saw: Math.max(before.saw, hi), rx: Math.max(before.rx, rx), fill })
  }
  return bounded({ ...token, epoch, tags: next })
}

/** Whether seeing it changes nothing, but for the order in which tags are forgotten: most cached values are seen again and again. */
function hasSeen(token: Token, tags: readonly number[], { hi, rx, fill }: Label): boolean {
  for (const tag of tags) {
    const touched = token.tags.get(tag)
    if (touched === undefined || touched.fill !== fill || touched.saw < hi || touched.rx < rx) return false
  }
  return true
}

/** What two tokens of one epoch demand together: the greater of each part. */
export function merge(a: Token, b: Token): Token {
  const tags = new Map(a.tags)
  for (const [tag, touched] of b.tags) {
    const other = tags.get(tag)
    put(tags, tag, other === undefined ? touched : mergeTouched(other, touched))
  }
  return bounded({
    epoch: a.epoch ?? b.epoch,
    w: Math.max(a.w, b.w),
    floor: Math.max(a.floor, b.floor),
    sawFloor: Math.max(a.sawFloor, b.sawFloor),
    rxFloor: Math.max(a.rxFloor, b.rxFloor),
    tags,
  })
}

function mergeTouched(a: Touched, b: Touched): Touched {
  return {
    ...afterWrite(a, b.wrote, b.writeId),
    saw: Math.max(a.saw, b.saw),
    rx: Math.max(a.rx, b.rx),
    fill: mergedFill(a, b),
  }
}

/**
 * Of two writes the one with the greater position was acknowledged later, and what was read after it contains both. Two writes at one position
 * have no order, so neither id speaks for both.
 */
function afterWrite(touched: Touched, lsn: Lsn, writeId: number): Touched {
  if (lsn > touched.wrote) return { ...touched, wrote: lsn, writeId }
  if (lsn < touched.wrote || writeId === touched.writeId) return touched
  return { ...touched, writeId: NO_ID }
}

/** Upper bounds do not say which of two values contains the other, so the fill of one does not speak for both. */
function mergedFill(a: Touched, b: Touched): number {
  if (a.fill === b.fill) return a.fill
  if (a.saw === 0 && a.rx === 0) return b.fill
  return b.saw === 0 && b.rx === 0 ? a.fill : NO_ID
}

/** Moves the tag to the end: the first one is the one untouched the longest. */
function put(tags: Map<number, Touched>, tag: number, touched: Touched): void {
  tags.delete(tag)
  tags.set(tag, touched)
}

function bounded(token: Token & { readonly tags: Map<number, Touched> }): Token {
  const { tags } = token
  let { floor, sawFloor, rxFloor } = token
  for (const [tag, touched] of tags) {
    if (tags.size <= MOST_TAGS) break
    tags.delete(tag)
    floor = Math.max(floor, touched.wrote)
    sawFloor = Math.max(sawFloor, touched.saw)
    rxFloor = Math.max(rxFloor, touched.rx)
  }
  return { ...token, floor, sawFloor, rxFloor }
}
