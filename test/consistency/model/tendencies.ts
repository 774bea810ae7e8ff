import type { ActionName, Weight } from './actions.ts'
import type { Habits, Haste } from './habits.ts'

/** Habits that go together, beyond what chance brings together often enough. */
export interface Tendency {
  readonly name: string
  readonly habits: Partial<Omit<Habits, 'haste'>>
  readonly haste: Partial<Haste>
  readonly weights: Partial<Record<ActionName, Weight>>
}

/**
 * An anomaly often needs several things at once: a commit that is held up, replicas that are not, and a session that reads from them first. Runs with
 * a bit of everything hardly ever have that, so every other run leans to one side. None of them is made for one rule.
 */
export const TENDENCIES: readonly (Tendency | undefined)[] = [
  undefined,
  {
    name: 'commits are held up, and replicas are not',
    habits: { replicaReads: 50, looks: 100, boundedReads: 0, lag: 0 },
    haste: { commits: 100, visibility: 0, replay: 100, reads: 90 },
    weights: { 'step a write': [2, 8], promote: [0, 0], 'restart a replica': [0, 0] },
  },
  undefined,
  {
    name: 'little is written',
    habits: { sessions: 2, keys: 1, boundedReads: 0, undeclaredWrites: 0 },
    haste: { commits: 100, visibility: 0, answers: 0, reads: 100, news: 0, fills: 0 },
    weights: {
      'begin a write': [1, 6],
      'write something else': [0, 0],
      'fill the shared cache': [1, 4],
      'deliver news': [1, 12],
      'hand over a token': [0, 6],
      promote: [0, 0],
    },
  },
  undefined,
  {
    name: 'primaries come and go, and a replica is behind',
    habits: { keys: 3, replicaReads: 100, looks: 100, lag: 95 },
    haste: { commits: 100, visibility: 100, answers: 90, reads: 100, replay: 100, discovery: 90 },
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
