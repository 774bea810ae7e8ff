/**
 * Freezes plain data in depth: arrays and object literals. Functions, class instances and schemas (anything with a `~standard` property,
 * Standard Schema) are left as they are: they are not ours, and some libraries fill in caches later. Getters are not called.
 */
export function deepFreeze<T>(value: T): T {
  freeze(value, new Set())
  return value
}

function freeze(value: unknown, seen: Set<object>): void {
  if (!isPlain(value) || seen.has(value)) return
  seen.add(value)
  for (const { value: inner } of Object.values(Object.getOwnPropertyDescriptors(value))) freeze(inner, seen)
  Object.freeze(value)
}

function isPlain(value: unknown): value is object {
  if (typeof value !== 'object' || value === null || '~standard' in value) return false
  if (Array.isArray(value)) return true
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}
