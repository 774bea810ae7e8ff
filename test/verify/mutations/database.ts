import { cutCommits } from '../faults/connections.ts'
import { lateReplica } from '../faults/replication.ts'
import { type Mutation, mutation } from './mutation.ts'
import { isOfOneSnapshot } from './reads.ts'

/** What is asked of the database. */
export const DATABASE: readonly Mutation[] = [
  mutation(
    'a replica is taken for one that has what is asked for',
    { phase: lateReplica },
    ['adapters/postgres/router.js', 'position.lsn >= need.lsn && ', ''],
    [
      'adapters/postgres/verdict.js',
      "contains(label, need.lsn) && asOf(label) >= notBefore ? 'fit' : 'elsewhere'",
      "'fit'",
    ],
  ),
  mutation('strong reads may go to a replica', { phase: lateReplica }, [
    'adapters/postgres/router.js',
    'return topology.pick(target)',
    "return topology.pick('replica')",
  ]),
  mutation('what is read one after the other is not read from one snapshot', { reads: isOfOneSnapshot }, [
    'adapters/postgres/sql/transaction.js',
    'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY',
    'BEGIN ISOLATION LEVEL READ COMMITTED READ ONLY',
  ]),
  mutation('a COMMIT that was cut off counts as not done', { phase: cutCommits }, [
    'adapters/postgres/commit.js',
    'const outcome = await commitOutcome(lost, node.monitor, clock);',
    "const outcome = 'aborted';",
  ]),
]
