import { hash } from 'node:crypto'

/** 22 characters of base64url: 132 bits, which no two bodies of one operation ever share. */
const TAG_LENGTH = 22

/** A strong entity tag of a body (RFC 9110, 8.8.3), for answers without a declared version. */
export function bodyTag(body: string): string {
  return `"${hash('sha256', body, 'base64url').slice(0, TAG_LENGTH)}"`
}

const TAGS = /"[\x21\x23-\x7e\x80-\xff]*"/g

/**
 * Whether the caller has the current answer: `If-None-Match` lists its tag, or is `*` (RFC 9110, 13.1.2). Compared weakly, by the opaque part alone.
 * A header that is not a list of tags names none.
 */
export function hasCurrent(ifNoneMatch: string | undefined, tag: string): boolean {
  if (ifNoneMatch === undefined) return false
  return ifNoneMatch === tag || ifNoneMatch.trim() === '*' || ifNoneMatch.match(TAGS)?.includes(tag) === true
}
