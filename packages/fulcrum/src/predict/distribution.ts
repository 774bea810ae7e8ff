import type { Random } from '../kernel/random.ts'

/** Draws a non-negative quantity, such as a service time in milliseconds. */
export type Distribution = (random: Random) => number

/** Always the same. */
export function constant(value: number): Distribution {
  return () => value
}

/** Memoryless, with the given mean: gaps between independent arrivals. */
export function exponential(mean: number): Distribution {
  return (random) => -mean * Math.log(1 - random.next())
}

/** Log-normal with the given median; about 99 % of draws lie below `p99`. What service times usually look like. */
export function lognormal(median: number, p99: number): Distribution {
  const mu = Math.log(median)
  const sigma = (Math.log(p99) - mu) / STANDARD_NORMAL_P99
  return (random) => Math.exp(mu + sigma * standardNormal(random))
}

const STANDARD_NORMAL_P99 = 2.326_347_874

/** Box and Muller, 1958. */
function standardNormal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next())
}
