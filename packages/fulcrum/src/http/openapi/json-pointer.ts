import { isObject } from './json-schema.ts'

/**
 * What a local reference (`#`, `#/$defs/Money`) refers to in `root`; `undefined` when there is nothing there. RFC 6901, in its URI fragment
 * form; libraries that do not percent-encode are understood as well.
 */
export function resolvePointer(root: unknown, reference: string): unknown {
  return walk(root, reference.slice(1)) ?? walk(root, decoded(reference.slice(1)))
}

/** The name at the end of a reference: `Money` for `#/$defs/Money`, nothing for `#`. */
export function lastToken(reference: string): string {
  return unescape(reference.slice(reference.lastIndexOf('/') + 1)).replace('#', '')
}

function walk(root: unknown, pointer: string): unknown {
  if (pointer === '') return root
  if (!pointer.startsWith('/')) return undefined
  return pointer.slice(1).split('/').map(unescape).reduce<unknown>(member, root)
}

function member(value: unknown, token: string): unknown {
  if (Array.isArray(value))
    return /^(?:0|[1-9]\d*)$/.test(token) ? (value[Number(token)] as unknown) : undefined
  return isObject(value) && Object.hasOwn(value, token) ? value[token] : undefined
}

function unescape(token: string): string {
  return token.replaceAll('~1', '/').replaceAll('~0', '~')
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
