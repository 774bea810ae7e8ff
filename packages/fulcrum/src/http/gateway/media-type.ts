/** A media type with its parameters, names and type in lower case (RFC 9110, 8.3.1). */
export interface MediaType {
  /** `application/json` */
  readonly essence: string
  readonly parameters: ReadonlyMap<string, string>
}

const TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+"
const ESSENCE = new RegExp(`^(${TOKEN}/${TOKEN})[ \\t]*(?=;|$)`)
const PARAMETER = new RegExp(`;[ \\t]*(?:(${TOKEN})=(?:(${TOKEN})|"((?:[^"\\\\]|\\\\.)*)"))?[ \\t]*`, 'y')

/** Reads a media type or media range; `undefined` where the text is neither. A repeated parameter makes it neither. */
export function parseMediaType(text: string): MediaType | undefined {
  const trimmed = text.trim()
  const essence = ESSENCE.exec(trimmed)
  if (essence === null) return undefined
  const parameters = parseParameters(trimmed, essence[0].length)
  return parameters && { essence: (essence[1] as string).toLowerCase(), parameters }
}

function parseParameters(text: string, start: number): Map<string, string> | undefined {
  const parameters = new Map<string, string>()
  PARAMETER.lastIndex = start
  while (PARAMETER.lastIndex < text.length) {
    const match = PARAMETER.exec(text)
    if (match === null) return undefined
    const [, name, token, quoted] = match
    if (name === undefined) continue
    if (parameters.has(name.toLowerCase())) return undefined
    parameters.set(name.toLowerCase(), token ?? (quoted as string).replace(/\\(.)/g, '$1'))
  }
  return parameters
}

const JSON_EXACTLY: ReadonlySet<string> = new Set([
  'application/json',
  'application/json; charset=utf-8',
  'application/json;charset=utf-8',
])

/** Whether a `Content-Type` says JSON in UTF-8: `application/json` or a type with the suffix `+json` (RFC 6839, 3.1). */
export function isJson(contentType: string): boolean {
  if (JSON_EXACTLY.has(contentType)) return true
  const type = parseMediaType(contentType)
  if (type === undefined) return false
  if (type.essence !== 'application/json' && !type.essence.endsWith('+json')) return false
  return (type.parameters.get('charset') ?? 'utf-8').toLowerCase() === 'utf-8'
}
