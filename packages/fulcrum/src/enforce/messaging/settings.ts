import type { Random } from '../../kernel/random.ts'
import type { Plan } from '../../plan/plan.ts'
import { stageOf } from '../../plan/plan.ts'

/** How a subscriber is given its events. */
export interface DeliverySettings {
  readonly attempts: number
  /** Milliseconds. */
  readonly backoff: number
  readonly longestBackoff: number
  readonly concurrency: number
}

export function settingsOf(plan: Plan): DeliverySettings {
  const settings = stageOf(plan, 'subscription')
  if (settings === undefined) throw new Error('a subscriber was composed without its subscription')
  return settings
}

const MOST_DOUBLINGS = 30

/** Milliseconds after the attempt of that number, from 1: anything up to twice as long each time, so that what failed together does not come back together. */
export function backoff(
  { backoff: first, longestBackoff }: DeliverySettings,
  attempt: number,
  random: Random,
): number {
  return random.next() * Math.min(longestBackoff, first * 2 ** Math.min(attempt - 1, MOST_DOUBLINGS))
}
