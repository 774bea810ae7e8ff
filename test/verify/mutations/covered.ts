import { heldCommits, lateReplica, lostTail } from '../faults/replication.ts'
import { lateFills } from '../faults/shared-cache.ts'
import { type Mutation, mutation } from './mutation.ts'

/**
 * Rules that another one covers for, so that nothing may be found out.
 *
 * News of changes: an entry that should have been dropped, or should not have been accepted, still has the label by which it is judged whenever it is
 * to be served. All that is lost is a hit that would have been fresher. Routing: what the answer shows is judged, whoever was asked. Tokens: nothing is of the epoch that one from before a failover asks for,
 * so that its calls are refused.
 */
export const COVERED: readonly Mutation[] = [
  mutation(
    'tombstones are not looked at',
    { phase: lateFills },
    ['consistency/tombstone.js', 'return writeId !== 0 && label.sees.includes(writeId)', 'return true'],
    [
      'adapters/redis/scripts/fill.js',
      "if type(tombstone) == 'string' and not outlives(tombstone)",
      'if false and not outlives(tombstone)',
    ],
  ),
  mutation('a tombstone begins at the commit record', { phase: heldCommits }, [
    'enforce/runtime/stage-invalidate.js',
    '{ min: lsn, writeId: id }',
    '{ min: lsn - 1, writeId: id }',
  ]),
  mutation('routing does not ask what a replica has', { phase: lateReplica }, [
    'adapters/postgres/router.js',
    'position.lsn >= need.lsn && ',
    '',
  ]),
  mutation('a token of an old epoch is taken for a present one', { phase: lostTail }, [
    'consistency/carry-over.js',
    'token.epoch === undefined || token.epoch === epoch',
    'true',
  ]),
  mutation('entries are not dropped with a change', {}, [
    'enforce/cache/caches.js',
    'this.local.dropTag(tag, ({ label }) => label !== undefined && outlives(label, tombstone));',
    '',
  ]),
]
