import type { ActionName, Weight } from './actions.ts'
import type { Habits, Haste } from './habits.ts'

export type TendencyName =
  | 'commits are held up, and replicas are not'
  | 'what is outside of the store changes too'
  | 'little is written'
  | 'primaries come and go, and a replica is behind'
  | 'positions are old, and ages matter'

/** Habits that go together, beyond what chance brings together often enough. */
export interface Tendency {
  readonly name: TendencyName
  readonly habits: Partial<Omit<Habits, 'haste'>>
  readonly haste: Partial<Haste>
  readonly weights: Partial<Record<ActionName, Weight>>
}

/**
 * An anomaly often needs several things at once: a commit that is held up, replicas that are not, and a session that reads from them first. Runs with
 * a bit of everything hardly ever have that, so most runs lean to one side. None of them is made for one rule.
 */
const TENDENCIES: readonly (Tendency | undefined)[] = [
  undefined,
  {
    name: 'commits are held up, and replicas are not',
    habits: { replicaReads: 50, looks: 100, boundedReads: 0, lag: 0 },
    haste: { commits: 100, visibility: 0, replay: 100, reads: 90 },
    weights: { 'step a write': [2, 8], promote: [0, 0], 'restart a replica': [0, 0] },
  },
  {
    name: 'what is outside of the store changes too',
    habits: { outside: 10 },
    haste: {},
    weights: {},
  },
  {
    name: 'little is written',
    habits: { sessions: 2, instances: 2, keys: 1, replicaReads: 50, boundedReads: 0, undeclaredWrites: 0 },
    haste: { commits: 100, visibility: 0, answers: 0, reads: 100, news: 0, fills: 0 },
    weights: {
      'begin a write': [4, 12],
      'step a write': [4, 16],
      'write something else': [0, 0],
      receive: [0, 2],
      'show on a replica': [0, 2],
      'move a replay position': [0, 2],
      'begin a read': [8, 24],
      'step a read': [0, 0],
      'begin a poll': [0, 4],
      'step a poll': [0, 4],
      'fill the shared cache': [1, 6],
      'deliver news': [0, 12],
      'end a tombstone': [0, 0],
      'forget a local value': [0, 8],
      'step a change stream': [0, 0],
      'hand over a token': [2, 12],
      promote: [0, 0],
      'restart a replica': [0, 0],
    },
  },
  undefined,
  {
    name: 'primaries come and go, and a replica is behind',
    habits: { keys: 3, replicaReads: 100, looks: 100, lag: 95 },
    haste: { commits: 100, visibility: 100, answers: 90, replay: 100, discovery: 90 },
    weights: { promote: [2, 6], 'restart a replica': [0, 0] },
  },
  undefined,
  {
    name: 'positions are old, and ages matter',
    habits: { boundedReads: 100 },
    haste: { reads: 100, commits: 100, visibility: 100 },
    weights: {
      'begin a poll': [10, 30],
      'step a poll': [10, 30],
      'restart a replica': [0, 0],
      promote: [0, 4],
    },
  },
]

/** To which side the run of a seed leans. */
export function tendencyOf(seed: number): Tendency | undefined {
  return TENDENCIES[seed % TENDENCIES.length]
}
