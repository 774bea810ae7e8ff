/** The headers of internal calls and their answers, by lower-case name. */
export interface InternalHeaders {
  readonly 'idempotency-key'?: string | undefined
  readonly 'if-match'?: string | undefined
  readonly 'fulcrum-token'?: string | undefined
  readonly 'fulcrum-session'?: string | undefined
  readonly 'fulcrum-deadline'?: string | undefined
  readonly 'fulcrum-signature'?: string | undefined
  readonly 'content-type'?: string | undefined
  readonly traceparent?: string | undefined
}

/** Where operations are called; their name follows. */
export const CALL_PATH = '/fulcrum/call/'

/** Keys may be of any characters; headers may not. */
export function keyToHeader(key: string | undefined): string | undefined {
  return key === undefined ? undefined : encodeURIComponent(key)
}

/** `undefined` for what is no key of such a header. */
export function keyOfHeader(header: string | undefined): string | undefined {
  if (header === undefined) return undefined
  try {
    return decodeURIComponent(header)
  } catch {
    return undefined
  }
}
