const LONGEST = 80

/**
 * A value as text for the "found" of an error: short, on one line, never throwing. Strings are quoted, so that `"5"` and `5` differ. Shows
 * contents: do not use it on secrets.
 */
export function show(value: unknown): string {
  if (value === undefined) return 'nothing'
  if (typeof value === 'string') return shorten(JSON.stringify(value))
  if (typeof value === 'bigint') return shorten(`${value}n`)
  if (typeof value === 'function')
    return value.name === '' ? 'a function' : shorten(`the function ${value.name}`)
  if (typeof value === 'object' && value !== null) return shorten(showObject(value))
  if (typeof value === 'symbol') return shorten(String(value))
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : 'null'
}

function showObject(value: object): string {
  if (value instanceof RegExp || value instanceof Error) return String(value).replaceAll(/\s*\n\s*/g, ' ')
  try {
    return JSON.stringify(value, (_, inner: unknown) => (isAtom(inner) ? show(inner) : inner)) ?? 'an object'
  } catch {
    return Array.isArray(value) ? 'an array' : 'an object'
  }
}

/** What JSON drops or refuses. */
function isAtom(value: unknown): boolean {
  return typeof value === 'function' || typeof value === 'bigint' || typeof value === 'symbol'
}

function shorten(text: string): string {
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST - 1)}…`
}
