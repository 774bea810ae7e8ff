import type { SessionNeed } from '../../../packages/fulcrum/src/consistency/need.ts'
import type { XorShift } from './xorshift.ts'

/** What is frequent in one run and rare in another. */
export interface Habits {
  readonly instances: number
  readonly sessions: number
  /** The first so many are written and asked for. */
  readonly keys: number
  /** What the reads of sessions ask for. */
  readonly levels: readonly SessionNeed[]
  /** Percent of reads that go to a replica, of those that may; and of those before which the replica is asked how far it is. */
  readonly replicaReads: number
  readonly looks: number
  /** Percent of reads with a bound on their age, and the largest one. */
  readonly boundedReads: number
  readonly bound: number
  /** Percent of writes that do not say what they change. */
  readonly undeclaredWrites: number
  /** Percent of steps after which something changes that is not in the store. */
  readonly outside: number
  /** Percent of positions that are asked of all nodes together. */
  readonly roundsOfPolls: number
  /** Percent of what the last replica could have received and does not. */
  readonly lag: number
  readonly haste: Haste
}

/** How often something takes its next step at once instead of waiting for its turn, in percent. */
export interface Haste {
  readonly reads: number
  /** A write up to its commit record, from there until it is visible, and from there to its answer. */
  readonly commits: number
  readonly visibility: number
  readonly answers: number
  /** A replica that has received something shows it, and says so. */
  readonly replay: number
  readonly polls: number
  /** A value that was read arrives at the shared cache, a change becomes known to the others. */
  readonly fills: number
  readonly news: number
  readonly streams: number
  /** A promotion becomes known to an instance, and a replica follows the new primary. */
  readonly discovery: number
}

const HASTE = [0, 50, 90, 100] as const

const LEVELS: readonly (readonly SessionNeed[])[] = [
  ['none', 'read-your-writes', 'monotonic', 'monotonic', 'causal', 'causal'],
  ['none'],
  ['read-your-writes', 'none'],
  ['monotonic'],
  ['monotonic', 'read-your-writes'],
  ['causal'],
  ['causal', 'monotonic'],
]

/** Each one is drawn independently of the others. */
export function drawHabits(random: XorShift): Habits {
  return {
    instances: 2 + random.below(2),
    sessions: 2 + random.below(2),
    keys: 1 + random.below(3),
    levels: random.of(LEVELS),
    replicaReads: random.of([0, 50, 100]),
    looks: random.of([0, 50, 100]),
    boundedReads: random.of([0, 0, 30, 100]),
    bound: random.of([4, 16, 64]),
    undeclaredWrites: random.of([0, 10, 60]),
    outside: 0,
    roundsOfPolls: random.of([0, 50, 100]),
    lag: random.of([0, 0, 50, 95]),
    haste: drawHaste(random),
  }
}

function drawHaste(random: XorShift): Haste {
  return {
    reads: random.of(HASTE),
    commits: random.of(HASTE),
    visibility: random.of(HASTE),
    answers: random.of(HASTE),
    replay: random.of(HASTE),
    polls: random.of(HASTE),
    fills: random.of(HASTE),
    news: random.of(HASTE),
    streams: random.of(HASTE),
    discovery: random.of(HASTE),
  }
}
