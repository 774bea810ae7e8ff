import { largestWhole, parseAmount, type Units, units } from './unit-string.ts'

export const SIZE_UNITS = ['B', 'KB', 'MB', 'GB', 'KiB', 'MiB', 'GiB'] as const

/** An amount of data with its unit: `'512B'`, `'64KB'` (1000 bytes each), `'1MiB'` (1024 × 1024 bytes). */
export type Size = `${number}${(typeof SIZE_UNITS)[number]}`

/** What `parseSize` accepts, for the "allowed" of an error. */
export const SIZE_ALLOWED = "a size with a unit (B, KB, MB, GB, KiB, MiB, GiB), such as '64KB' or '1MiB'"

const BYTES: Units = units({ B: 1, KB: 1000, KiB: 1024, MB: 1e6, MiB: 1024 ** 2, GB: 1e9, GiB: 1024 ** 3 })

/** Bytes of a size string, or `undefined` if it is not one. At most three decimals, and a whole number of bytes. */
export function parseSize(text: unknown): number | undefined {
  return parseAmount(text, BYTES)
}

/** The canonical size string: the largest unit that needs no decimals. `parseSize` reads back the same number. */
export function formatSize(bytes: number): Size {
  if (!Number.isSafeInteger(bytes) || bytes < 0) throw new RangeError(`Not a size: ${bytes} bytes`)
  const [count, unit] = largestWhole(bytes, BYTES)
  return `${count}${unit}` as Size
}
