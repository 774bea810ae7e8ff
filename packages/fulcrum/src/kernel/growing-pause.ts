import type { Random } from './random.ts'

export interface Growth {
  /** Milliseconds of the first pause, at the most. */
  readonly first: number
  /** And of any. */
  readonly longest: number
}

/** Beyond it the longest pause is reached whatever the first one is, and doubling would only overflow. */
const MOST_DOUBLINGS = 10

/**
 * How long to wait before the next attempt to reach something, after `failures` failed ones beyond the first: twice as long each time, and half of it
 * random, so that those who lost it together do not come back together, and none of them at once.
 */
export function growingPause(failures: number, { first, longest }: Growth, random: Random): number {
  const most = Math.min(longest, first * 2 ** Math.min(failures, MOST_DOUBLINGS))
  return most * (0.5 + random.next() / 2)
}
