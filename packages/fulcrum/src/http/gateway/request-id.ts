import type { Random } from '../../kernel/random.ts'

const SANE = /^[\x21-\x7e]{1,128}$/

/** The caller's `X-Request-Id` where it is at most 128 visible ASCII characters, otherwise a new UUID. */
export function requestId(sent: string | undefined, random: Random): string {
  return sent !== undefined && SANE.test(sent) ? sent : random.uuid()
}

/** The request id as a URI, for the `instance` of a problem document (RFC 9457, 3.1.5). */
export function instanceOf(id: string): string {
  return `urn:fulcrum:request:${encodeURIComponent(id)}`
}
