import { lateReplica, lostTail } from '../faults/replication.ts'
import { type Mutation, mutation } from './mutation.ts'
import { isLeftAlone } from './reads.ts'

/** Sessions whose tokens have room for one item only. */
const FORGETFUL = ['consistency/token.js', 'MOST_TAGS = 8', 'MOST_TAGS = 1'] as const

/** What sessions remember. */
export const TOKENS: readonly Mutation[] = [
  mutation('a forgotten write is not demanded', { phase: lateReplica }, FORGETFUL, [
    'consistency/token.js',
    'floor = Math.max(floor, touched.wrote);',
    '',
  ]),
  mutation('a forgotten sight is not demanded', { phase: lateReplica }, FORGETFUL, [
    'consistency/token.js',
    'sawFloor = Math.max(sawFloor, touched.saw);',
    '',
  ]),
  mutation('causality forgets the last write', { reads: isLeftAlone }, FORGETFUL, [
    'consistency/need.js',
    'let lsn = Math.max(w, floor, sawFloor);',
    'let lsn = sawFloor;',
  ]),
  mutation('of two tokens one is kept', {}, [
    'consistency/token.js',
    'const tags = new Map(a.tags);',
    'if (a.tags.size > 0) return a;\n    const tags = new Map(a.tags);',
  ]),
  mutation('nobody is told of what a failover has lost', { phase: lostTail }, [
    'consistency/carry-over.js',
    "furthest(token) <= (fork ?? 0) ? 'carried' : 'reset'",
    "'carried'",
  ]),
]
