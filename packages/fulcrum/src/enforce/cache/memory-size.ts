/**
 * About how many bytes of heap a value takes, on the large side: what V8 of Node 24 lays out for plain data. Values that share parts are counted as
 * if they did not; cycles are counted once.
 */
export function memorySize(value: unknown): number {
  return sizeOf(value, new Set())
}

const POINTER = 8
const OBJECT = 32
const TEXT = 24
/** Numbers with a fraction, or of more than 31 bits, are objects of their own. */
const HEAP_NUMBER = 16
const LIST = 48
/** A bucket, a key and a value of a hash table that is half full. */
const PLACE = 48

function sizeOf(value: unknown, seen: Set<object>): number {
  switch (typeof value) {
    case 'string':
      return textSize(value)
    case 'number':
      return isSmall(value) ? 0 : HEAP_NUMBER
    case 'bigint':
      return TEXT + value.toString(16).length / 2
    case 'object':
      if (value === null || seen.has(value)) return 0
      seen.add(value)
      return objectSize(value, seen)
    case 'boolean':
    case 'undefined':
    case 'function':
    case 'symbol':
      return 0
  }
}

/** V8 takes one byte per character where all are Latin-1, else two. Beyond ASCII this does not look closer. */
function textSize(text: string): number {
  return TEXT + (Buffer.byteLength(text) === text.length ? text.length : 2 * text.length)
}

function isSmall(value: number): boolean {
  return (value | 0) === value
}

function objectSize(value: object, seen: Set<object>): number {
  if (Array.isArray(value)) return LIST + sumOf(value, POINTER, seen)
  if (value instanceof Map) return LIST + sumOf([...value.keys(), ...value.values()], PLACE, seen)
  if (value instanceof Set) return LIST + sumOf([...value], PLACE, seen)
  if (ArrayBuffer.isView(value)) return 4 * OBJECT + value.byteLength
  // Names are shared by all objects of one shape.
  return OBJECT + sumOf(Object.values(value), 2 * POINTER, seen)
}

function sumOf(values: readonly unknown[], each: number, seen: Set<object>): number {
  let sum = 0
  for (const value of values) sum += each + sizeOf(value, seen)
  return sum
}
