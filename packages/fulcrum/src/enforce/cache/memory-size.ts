/**
 * About how many bytes of heap a value takes: what V8 of Node 24 lays out for plain data. Values that share parts are counted as if they did not;
 * cycles are counted once.
 */
export function memorySize(value: unknown): number {
  return sizeOf(value, { seen: new Set(), textSize })
}

/**
 * The same for a value that was unpacked from so many bytes: its texts are slices of one text that was made of all of them, and that stays for as
 * long as one of them does.
 */
export function unpackedSize(value: unknown, bytes: number): number {
  return bytes + sizeOf(value, { seen: new Set(), textSize: sliceSize })
}

/** V8 takes one byte per character where all are Latin-1, else two, and whole words. Beyond ASCII this does not look closer. */
export function textSize(text: string): number {
  return TEXT + words(Buffer.byteLength(text) === text.length ? text.length : 2 * text.length)
}

interface Sizing {
  readonly seen: Set<object>
  readonly textSize: (text: string) => number
}

const POINTER = 8
/** With its share of places that are left empty for members to come. */
const OBJECT = 32
const TEXT = 16
/** Shorter ones are copied. */
const SHORTEST_SLICE = 13
const SLICE = 32
/** Numbers with a fraction, or of more than 31 bits, are objects of their own. */
const HEAP_NUMBER = 16
const LIST = 48
/** A bucket, a key and a value of a hash table that is half full. */
const PLACE = 48

function words(bytes: number): number {
  return Math.ceil(bytes / POINTER) * POINTER
}

function sliceSize(text: string): number {
  return text.length < SHORTEST_SLICE ? textSize(text) : SLICE
}

function sizeOf(value: unknown, sizing: Sizing): number {
  switch (typeof value) {
    case 'string':
      return sizing.textSize(value)
    case 'number':
      return isSmall(value) ? 0 : HEAP_NUMBER
    case 'bigint':
      return TEXT + words(value.toString(16).length / 2)
    case 'object':
      if (value === null || sizing.seen.has(value)) return 0
      sizing.seen.add(value)
      return objectSize(value, sizing)
    case 'boolean':
    case 'undefined':
    case 'function':
    case 'symbol':
      return 0
  }
}

function isSmall(value: number): boolean {
  return (value | 0) === value
}

function objectSize(value: object, sizing: Sizing): number {
  if (Array.isArray(value)) return LIST + sumOf(value, POINTER, sizing)
  if (value instanceof Map) return LIST + sumOf([...value.keys(), ...value.values()], PLACE, sizing)
  if (value instanceof Set) return LIST + sumOf([...value], PLACE, sizing)
  if (ArrayBuffer.isView(value)) return 4 * OBJECT + value.byteLength
  // Names are shared by all objects of one shape.
  return OBJECT + sumOf(Object.values(value), POINTER, sizing)
}

function sumOf(values: readonly unknown[], each: number, sizing: Sizing): number {
  let sum = 0
  for (const value of values) sum += each + sizeOf(value, sizing)
  return sum
}
