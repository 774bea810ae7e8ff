/** Deeper than this nothing sensible is. It also ends where a value contains itself. */
const DEPTH = 64

/** Whether another instance would get the same value from the shared cache: plain data, dates, maps, sets, big integers and binary data. */
export function isPortable(value: unknown, depth: number = DEPTH): boolean {
  switch (typeof value) {
    case 'string':
      // Unpaired surrogates have no form in UTF-8.
      return value.isWellFormed()
    case 'object':
      return value === null || (depth > 0 && isPortableObject(value, depth - 1))
    case 'function':
    case 'symbol':
      return false
    case 'number':
    case 'bigint':
    case 'boolean':
    case 'undefined':
      return true
  }
}

function isPortableObject(value: object, depth: number): boolean {
  if (Array.isArray(value)) return value.every((item) => isPortable(item, depth))
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype === Object.prototype) return isPortableRecord(value, depth)
  if (prototype === Map.prototype)
    return [...(value as Map<unknown, unknown>)].every((pair) => isPortable(pair, depth))
  if (prototype === Set.prototype)
    return [...(value as Set<unknown>)].every((item) => isPortable(item, depth))
  return prototype === Date.prototype || ArrayBuffer.isView(value)
}

function isPortableRecord(record: object, depth: number): boolean {
  for (const [name, member] of Object.entries(record))
    // The codec gives this one another name, so that nobody's prototype is replaced.
    if (name === '__proto__' || !name.isWellFormed() || !isPortable(member, depth)) return false
  return true
}
