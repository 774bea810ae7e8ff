import { contains, containsSeen, type Label } from './label.ts'
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
  const { lsn, rx } = needOf(reader.token, reader.tags, reader.level)
  if (containsSeen(label, lsn, rx)) return true
  // Causality spans all tags, and the ids only speak of those of the value.
  return reader.level !== 'causal' && holdsEachPart(label, reader)
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
