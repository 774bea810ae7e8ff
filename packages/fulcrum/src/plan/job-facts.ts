import { formatDuration } from '../kernel/duration.ts'
import type { Fact } from './facts.ts'
import { type Plan, stageOf } from './plan.ts'

/** What the contract of a job promises to whoever enqueues it. */
export function jobFacts(plan: Plan): readonly (Fact | undefined)[] {
  return [deliveryFact(plan), timeFact(plan)]
}

function deliveryFact(plan: Plan): Fact {
  const once = stageOf(plan, 'apply once') !== undefined
  if (once)
    return {
      topic: 'Delivery',
      short: 'applied once',
      promise:
        'Run at least once; of all its attempts one is committed. Enqueued in a transaction it is there when, and only when, that is committed.',
    }
  return {
    topic: 'Delivery',
    short: 'at least once',
    promise:
      'Run at least once. Enqueued in a transaction it is there when, and only when, that is committed.',
    cost: 'one effect for certain: what an attempt did before it failed stays. `ctx.id` is the same in all attempts, for services that tell repetitions by a key.',
  }
}

function timeFact(plan: Plan): Fact | undefined {
  const ms = stageOf(plan, 'deadline')?.otherwise
  if (ms === undefined) return undefined
  const limit = formatDuration(ms)
  return {
    topic: 'Time',
    short: `up to ${limit}`,
    promise: `A run takes up to ${limit}. A job whose instance is lost is another one's after half a minute at most, and its backoff.`,
  }
}
