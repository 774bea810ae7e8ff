import { pieces } from '../faults/pieces.ts'
import { heldCommits, lateReplica } from '../faults/replication.ts'
import { type Mutation, mutation } from './mutation.ts'
import { isCached } from './reads.ts'

/** What a label says of the data, and who may be shown it. */
export const LABELS: readonly Mutation[] = [
  mutation('a primary is trusted at the very position', { phase: heldCommits, reads: isCached }, [
    'consistency/label.js',
    'lo >= lsn : lo > lsn',
    'lo >= lsn : lo >= lsn',
  ]),
  mutation('any write that is named speaks for the session', {}, [
    'consistency/servable.js',
    'label.sees.includes(touched.writeId)',
    'label.sees.length > 0',
  ]),
  mutation('any value speaks for the one that was seen', {}, [
    'consistency/servable.js',
    'label.fill === touched.fill',
    'label.fill !== 0',
  ]),
  mutation('what a replica has shown is not looked for on a primary', { phase: heldCommits }, [
    'consistency/snapshot.js',
    'return rx === 0 || (xmax >= rx && xip.every((xid) => xid >= rx))',
    'return true',
  ]),
  mutation(
    'what a replica has shown is not demanded',
    { phase: heldCommits },
    ['consistency/need.js', 'rx: shownByReplicas(token, tags)', 'rx: 0'],
    ['consistency/need.js', 'return { lsn, rx };', 'return { lsn, rx: 0 };'],
  ),
  mutation('what the primary does not show yet is handed out', { phase: heldCommits }, [
    'adapters/postgres/verdict.js',
    "return shown ? 'fit' : 'later'",
    "return 'fit'",
  ]),
  mutation('a position is taken after the data', { phase: pieces }, [
    'adapters/postgres/bracket.js',
    'parseLsn(opening.lo)',
    'parseLsn(closing?.hi ?? opening.lo)',
  ]),
  mutation('there is no upper bound', { phase: pieces, reads: isCached }, [
    'adapters/postgres/bracket.js',
    'parseLsn(closing.hi) : Infinity',
    'lo : Infinity',
  ]),
  mutation(
    'a write counts as made before its COMMIT',
    { phase: lateReplica },
    [
      'adapters/postgres/commit.js',
      '{ text: COMMIT, values: [], leading, after }',
      '{ text: after, values: [], leading, after: COMMIT }',
    ],
    ['adapters/postgres/commit.js', 'statement.rowsAfter[0]', 'statement.results[0]'],
    ['adapters/postgres/commit.js', 'return tag === COMMIT', "return tag !== ''"],
  ),
]
