import { fulcrumError } from '../../kernel/errors/fulcrum-error.ts'
import { parseMediaType } from './media-type.ts'

/** Refuses a request whose `Accept` excludes JSON (RFC 9110, 12.5.1). What cannot be read excludes nothing. */
export function requireAcceptsJson(accept: string | undefined): void {
  if (accept === undefined || accept === '*/*' || accept === 'application/json') return
  if (acceptsJson(accept)) return
  throw fulcrumError('FUL-2004', { found: accept, allowed: 'application/json' })
}

function acceptsJson(accept: string): boolean {
  const ranges = splitList(accept)
  let best = -1
  let quality = 1
  for (const text of ranges) {
    const range = parseMediaType(text)
    if (range === undefined) return true
    const precision = precisionFor(range.essence)
    if (precision <= best) continue
    best = precision
    quality = qualityOf(range.parameters.get('q'))
  }
  return ranges.length === 0 || (best >= 0 && quality > 0)
}

/** How precisely a media range names JSON: the most precise range decides. -1: not at all. */
function precisionFor(essence: string): number {
  if (essence === 'application/json') return 3
  if (essence === 'application/*') return 1
  if (essence === '*/*') return 0
  // Whoever asks for the problem documents or for a vendor's JSON can read JSON.
  return essence.endsWith('+json') ? 2 : -1
}

function qualityOf(text: string | undefined): number {
  return text === undefined || !/^(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/.test(text) ? 1 : Number(text)
}

/** Members of a comma-separated list; commas within quotes do not separate. */
function splitList(text: string): string[] {
  return (text.match(/(?:[^",]|"(?:[^"\\]|\\.)*"?)+/g) ?? []).filter((part) => part.trim() !== '')
}
