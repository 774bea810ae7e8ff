import { malformedHeader, type RequestHead } from './head.ts'

/** A string of structured fields (RFC 9651, 3.3.3). */
const QUOTED = /^"((?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\])*)"$/
const BARE = /^[\x21\x23-\x7e]+$/

/**
 * The key of a request, without its quotes; `undefined` where there is none. The IETF draft asks for a string of structured fields; most clients
 * send it bare, and both forms are the same key.
 */
export function idempotencyKeyOf({ idempotencyKey }: RequestHead): string | undefined {
  const text = idempotencyKey?.trim()
  if (text === undefined) return undefined
  const quoted = QUOTED.exec(text)?.[1]
  if (quoted !== undefined) return quoted.replace(/\\(["\\])/g, '$1')
  if (BARE.test(text)) return text
  throw malformedHeader(
    'Idempotency-Key',
    'allowed is a key of visible ASCII characters, bare or as a quoted string',
  )
}
