import type { Deviation } from './model/deviations.ts'
import type { Invariant } from './model/invariants.ts'
import { EPOCH_MUTATIONS } from './mutations/epochs.ts'
import { LABEL_MUTATIONS } from './mutations/labels.ts'
import type { RuleMutation } from './mutations/mutation.ts'
import { NEED_MUTATIONS } from './mutations/needs.ts'
import { TOKEN_MUTATIONS } from './mutations/tokens.ts'

/** Each has to be found out by the model: a rule without one that is found out is not tested. */
export const RULE_MUTATIONS: readonly RuleMutation[] = [
  ...LABEL_MUTATIONS,
  ...TOKEN_MUTATIONS,
  ...NEED_MUTATIONS,
  ...EPOCH_MUTATIONS,
]

/** Steps that the seeds do not lead into trouble yet, however wrongly they are carried out. */
export const NOT_FOUND_OUT: readonly Deviation[] = [
  'the epoch is checked before the data only',
  'of two tombstones at one position the later id is kept',
]

/** Steps carried out wrongly, and by which invariant each is to be found out. */
export const STEP_MUTATIONS: Readonly<Record<Deviation, Invariant>> = {
  'lo is read after the snapshot': 'read your writes',
  'hi and rx are read before the data': 'monotonic per key',
  'the epoch is checked before the data only': 'demands can be met',
  'a direct read is not checked for what a replica has shown': 'monotonic per key',
  'a replica is trusted for a position that it had before it was restarted': 'read your writes',
  'writes are named on reads that a replica answered': 'ids',
  'a tombstone begins at the commit record': 'tombstone soundness',
  'of two tombstones at one position the later id is kept': 'tombstone soundness',
  'caches ignore epochs': 'epoch isolation',
  'tokens ignore epochs': 'demands can be met',
  'the watermark is read after the drain': 'watermark soundness',
  'a stream begins at the xmax of a snapshot': 'watermark soundness',
  'values filled before the stream began are followed': 'watermark soundness',
  'a change that arrives before the fill is forgotten': 'watermark soundness',
  'shared values are not compared with changes that were told': 'monotonic per key',
  'positions are dated when they arrive': 'staleness bound',
  'positions of an old epoch are kept': 'staleness bound',
}
