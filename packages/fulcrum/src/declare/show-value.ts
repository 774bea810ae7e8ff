const LIMIT = 80

/** A declared value as an error shows it: source-like, on one line, at most about 80 characters. */
export function showValue(value: unknown): string {
  const text = show(value, 0)
  return text.length <= LIMIT ? text : `${text.slice(0, LIMIT - 1)}…`
}

const DEPTH = 3

function show(value: unknown, depth: number): string {
  if (value === undefined) return 'not set'
  if (typeof value === 'string') return quote(value)
  if (typeof value === 'function') return 'a function'
  if (typeof value === 'bigint') return `${value}n`
  if (typeof value !== 'object' || value === null) return String(value)
  const name = declaredName(value)
  if (name !== undefined) return name
  if (depth === DEPTH) return '…'
  return Array.isArray(value) ? showList(value, depth) : showRecord(value, depth)
}

/** Single quotes, as the code base of most users has them; control characters escaped as JSON does. */
function quote(text: string): string {
  return `'${JSON.stringify(text)
    .slice(1, -1)
    .replaceAll(String.raw`\"`, '"')
    .replaceAll("'", String.raw`\'`)}'`
}

/** Signatures, errors, events and modules are shown by name. */
function declaredName(value: object): string | undefined {
  const { kind, name } = value as { readonly kind?: unknown; readonly name?: unknown }
  return typeof kind === 'string' && typeof name === 'string' ? name : undefined
}

function showList(list: readonly unknown[], depth: number): string {
  return `[${list.map((item) => show(item, depth + 1)).join(', ')}]`
}

function showRecord(record: object, depth: number): string {
  const members = Object.entries(record).map(([key, value]) => `${showKey(key)}: ${show(value, depth + 1)}`)
  return members.length === 0 ? '{}' : `{ ${members.join(', ')} }`
}

function showKey(key: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(key) ? key : quote(key)
}
