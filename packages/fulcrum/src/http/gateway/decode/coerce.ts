import type { TextKinds } from './text-kinds.ts'

// RFC 8259, section 6: no sign but a minus, no leading zeros, no hexadecimal, no blanks.
const NUMBER = /^-?(?:0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/

/**
 * What a text stands for: itself, `true` or `false`, or a number as JSON writes it. A text that is meant as it is wins; one that is none of
 * what it may stand for stays as it is, and the schema says what is wrong with it.
 */
export function coerceText(text: string, { texts, number, boolean }: TextKinds): unknown {
  if (texts === 'any' || texts.has(text)) return text
  if (boolean && (text === 'true' || text === 'false')) return text === 'true'
  return (number ? numberOf(text) : undefined) ?? text
}

/** All texts of one parameter. `undefined`: there are several, and it takes one. */
export function coerceTexts(texts: string | readonly string[], kinds: TextKinds): unknown {
  const { array } = kinds
  if (typeof texts === 'string') {
    if (array === undefined || takesOne(kinds)) return coerceText(texts, kinds)
    return [coerceText(texts, array.first[0] ?? array.rest)]
  }
  if (array === undefined) return undefined
  return texts.map((text, index) => coerceText(text, array.first[index] ?? array.rest))
}

function takesOne({ texts, number, boolean }: TextKinds): boolean {
  return texts === 'any' || texts.size > 0 || number || boolean
}

/** The number, unless reading would change it: it is too large, or an integer with more digits than a double holds. */
function numberOf(text: string): number | undefined {
  const match = NUMBER.exec(text)
  if (match === null) return undefined
  const value = Number(text)
  if (!Number.isFinite(value)) return undefined
  const integer = match[1] === undefined && match[2] === undefined
  return !integer || Number.isSafeInteger(value) || String(value) === text ? value : undefined
}
