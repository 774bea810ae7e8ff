import { largestWhole, parseAmount, type Units, units } from './unit-string.ts'

export const DURATION_UNITS = ['ms', 's', 'm', 'h', 'd'] as const

/** A length of time with its unit: `'250ms'`, `'1.5s'`, `'5m'`, `'24h'`, `'30d'`. */
export type Duration = `${number}${(typeof DURATION_UNITS)[number]}`

/** What `parseDuration` accepts, for the "allowed" of an error. */
export const DURATION_ALLOWED = "a duration with a unit (ms, s, m, h, d), such as '250ms', '1.5s' or '30d'"

const US = 1000
const MICROSECONDS: Units = units({
  ms: US,
  s: 1000 * US,
  m: 60_000 * US,
  h: 3_600_000 * US,
  d: 86_400_000 * US,
})

/** About 35 years. Beyond it, milliseconds in a double no longer tell microseconds apart. */
const LONGEST = 2 ** 50

/**
 * Milliseconds of a duration string, exact to the microsecond, or `undefined` if it is not one. At most three decimals; no sign, space or
 * exponent; at most 35 years. `'0ms'` is a duration.
 */
export function parseDuration(text: unknown): number | undefined {
  const microseconds = parseAmount(text, MICROSECONDS)
  return microseconds === undefined || microseconds > LONGEST ? undefined : microseconds / US
}

/**
 * The canonical duration string: the largest unit that needs no decimals, otherwise milliseconds rounded to the microsecond.
 * `parseDuration` reads back the same number. Negative amounts are shown as `'0ms'`. Throws a RangeError above 35 years.
 */
export function formatDuration(ms: number): Duration {
  const microseconds = Math.round(Math.max(0, ms) * US)
  if (!(microseconds <= LONGEST)) throw new RangeError(`Not a representable duration: ${ms} ms`)
  const [count, unit] = largestWhole(microseconds, MICROSECONDS)
  return `${count}${unit}` as Duration
}
