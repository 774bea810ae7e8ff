import { NdjsonBody } from '../../../enforce/imports/lines.ts'
import { fulcrumError } from '../../../kernel/errors/fulcrum-error.ts'
import type { RequestHead } from '../head.ts'
import { parseMediaType } from '../media-type.ts'
import type { WireRequest } from '../wire.ts'
import type { InputDecoder } from './input.ts'

/** What newline-delimited JSON is called; none of them is registered. */
const TYPES = ['application/x-ndjson', 'application/ndjson', 'application/jsonl']

/** The input of a command that imports: the body itself, which is read as rows are needed. */
export function rowsInput(longestLine: number): InputDecoder {
  return {
    decode: (wire: WireRequest, head: RequestHead) => {
      requireNdjson(head)
      return new NdjsonBody(wire.stream(), longestLine)
    },
    origin: () => 'body',
  }
}

function requireNdjson({ contentType, contentEncoding }: RequestHead): void {
  if (contentEncoding !== undefined && contentEncoding.trim().toLowerCase() !== 'identity')
    throw fulcrumError('FUL-2006', { found: `encoded with ${contentEncoding}`, allowed: 'identity' })
  const type = contentType === undefined ? undefined : parseMediaType(contentType)
  if (type !== undefined && TYPES.includes(type.essence)) return
  throw fulcrumError('FUL-2006', { found: contentType ?? 'of no stated type', allowed: TYPES.join(', ') })
}
