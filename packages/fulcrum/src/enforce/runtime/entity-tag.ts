/** The strong entity tag of a version: `"7"` (RFC 9110, 8.8.3). What a tag may not contain is percent-encoded. */
export function entityTag(version: string | number): string {
  return `"${String(version).replace(/[^\x21\x23-\x24\x26-\x7e]/gu, encodeURIComponent)}"`
}

// A list of entity tags, or `*`. Weak ones may be sent, but never match a strong comparison.
const tags = /(W\/)?"[\x21\x23-\x7e\x80-\xff]*"/g
const list =
  /^\s*(?:\*|(?:W\/)?"[\x21\x23-\x7e\x80-\xff]*"(?:\s*,\s*(?:W\/)?"[\x21\x23-\x7e\x80-\xff]*")*)\s*$/

/** Whether a header value is an `If-Match` list (RFC 9110, 13.1.1). */
export function isEntityTagList(header: string): boolean {
  return list.test(header)
}

/** Whether `If-Match: header` holds for a current version: strong comparison with any of the listed tags, or `*`. */
export function matchesEntityTag(header: string, version: string | number): boolean {
  return header.trim() === '*' || header.match(tags)?.includes(entityTag(version)) === true
}
