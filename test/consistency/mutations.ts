import type { Deviation } from './model/deviations.ts'
import { EPOCH_MUTATIONS } from './mutations/epochs.ts'
import { LABEL_MUTATIONS } from './mutations/labels.ts'
import type { FoundOut, RuleMutation } from './mutations/mutation.ts'
import { NEED_MUTATIONS } from './mutations/needs.ts'
import { TOKEN_MUTATIONS } from './mutations/tokens.ts'

/** Each has to be found out by the model: a rule without one that is found out is not tested. */
export const RULE_MUTATIONS: readonly RuleMutation[] = [
  ...LABEL_MUTATIONS,
  ...TOKEN_MUTATIONS,
  ...NEED_MUTATIONS,
  ...EPOCH_MUTATIONS,
]

/** Steps carried out wrongly. */
export const STEP_MUTATIONS: Readonly<Record<Deviation, FoundOut>> = {
  'lo is read after the snapshot': { breaks: 'read your writes' },
  'hi and rx are read before the data': { breaks: 'monotonic per key' },
  'the epoch is checked before the data only': {
    breaks: 'demands can be met',
    leaning: 'primaries come and go, and a replica is behind',
  },
  'a direct read is not checked for what a replica has shown': { breaks: 'monotonic per key' },
  'a replica is trusted for a position that it had before it was restarted': { breaks: 'read your writes' },
  'writes are named on reads that a replica answered': { breaks: 'ids' },
  'a tombstone begins at the commit record': { breaks: 'tombstone soundness' },
  'of two tombstones at one position the later id is kept': {
    breaks: 'tombstone soundness',
    leaning: 'little is written',
  },
  'of changes without a position the latest is kept': {
    breaks: 'tombstone soundness',
    leaning: 'what is outside of the store changes too',
  },
  'caches ignore epochs': { breaks: 'epoch isolation' },
  'tokens ignore epochs': { breaks: 'demands can be met' },
  'the watermark is read after the drain': { breaks: 'watermark soundness' },
  'a stream begins at the xmax of a snapshot': { breaks: 'watermark soundness' },
  'values filled before the stream began are followed': { breaks: 'watermark soundness' },
  'a change that arrives before the fill is forgotten': { breaks: 'watermark soundness' },
  'shared values are not compared with changes that were told': { breaks: 'monotonic per key' },
  'positions are dated when they arrive': { breaks: 'staleness bound' },
  'positions of an old epoch are kept': { breaks: 'staleness bound' },
}
