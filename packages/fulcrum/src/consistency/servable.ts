import { contains, containsSeen, type Label, type Lsn } from './label.ts'
import { needOf, type SessionNeed } from './need.ts'
import type { Token } from './token.ts'

/** Who asks for a cached value: what it may have to contain. */
export interface Reader {
  readonly token: Token
  readonly level: SessionNeed
  /** The tags of the value. */
  readonly tags: readonly number[]
}

/**
 * Whether a cached value may be served to a session. Positions decide where they can; where they cannot (a primary that stands still never moves
 * past a position), the value is served to a session that has seen this very value, or on behalf of whose write it was read.
 *
 * The caller has checked that value, token and cluster are of one epoch.
 */
export function servable(label: Label, reader: Reader): boolean {
  if (reader.level === 'none') return true
  // No write of the session lies beyond its last one, and most values hold even that.
  if (reader.level === 'read-your-writes' && contains(label, reader.token.w)) return true
  if (!isBounded(label, reader.level)) return false
  const { lsn, rx } = needOf(reader.token, reader.tags, reader.level)
  if (containsSeen(label, lsn, rx)) return true
  // Causality spans all tags, and the ids only speak of those of the value.
  return reader.level !== 'causal' && holdsEachPart(label, reader)
}

/**
 * Whether a cached value may be served to a session because the change stream speaks for it: everything committed at or before `watermark` has been
 * told, and the value lacks nothing of that. What a replica has shown lies below the upper bound of what was seen, so the position covers it.
 */
export function servableAt(watermark: Lsn, label: Label, reader: Reader): boolean {
  if (!isBounded(label, reader.level)) return false
  return watermark >= needOf(reader.token, reader.tags, reader.level).lsn
}

/**
 * A session that is not to go back has to know how far what it sees may reach. Of a value without an upper bound it could say nothing but that
 * nothing will ever contain it.
 */
function isBounded({ hi }: Label, level: SessionNeed): boolean {
  return hi < Infinity || level === 'none' || level === 'read-your-writes'
}

function holdsEachPart(label: Label, { token, level, tags }: Reader): boolean {
  if (!contains(label, token.floor)) return false
  if (!tags.every((tag) => holdsWrite(label, token, tag))) return false
  if (level === 'read-your-writes') return true
  return (
    containsSeen(label, token.sawFloor, token.rxFloor) && tags.every((tag) => holdsSight(label, token, tag))
  )
}

function holdsWrite(label: Label, token: Token, tag: number): boolean {
  const touched = token.tags.get(tag)
  if (touched === undefined || touched.wrote === 0) return true
  return contains(label, touched.wrote) || (touched.writeId !== 0 && label.sees.includes(touched.writeId))
}

function holdsSight(label: Label, token: Token, tag: number): boolean {
  const touched = token.tags.get(tag)
  if (touched === undefined || (touched.saw === 0 && touched.rx === 0)) return true
  return (touched.fill !== 0 && label.fill === touched.fill) || containsSeen(label, touched.saw, touched.rx)
}
