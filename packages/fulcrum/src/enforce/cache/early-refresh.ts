import type { Random } from '../../kernel/random.ts'

/**
 * How long before its expiry an entry is read anew: XFetch (Vattani, Chierichetti and Lowenstein, "Optimal Probabilistic Cache Stampede Prevention",
 * VLDB 2015) with β = 1. Drawn once per entry and instance, instead of with each request: instances still spread their readings, and a hit costs a
 * comparison.
 *
 * @param cost Milliseconds that reading it took.
 */
export function earlyBy(cost: number, random: Random): number {
  return cost * -Math.log(1 - random.next())
}
