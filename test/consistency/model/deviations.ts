/**
 * Ways to carry out the protocol wrongly, in the order of its steps rather than in its rules. The model does what the runtime, the adapters and the
 * caches have to do; each of these does one thing otherwise.
 */
export const DEVIATIONS = [
  'lo is read after the snapshot',
  'hi and rx are read before the data',
  'the epoch is checked before the data only',
  'a direct read is not checked for what a replica has shown',
  'a replica is trusted for a position that it had before it was restarted',
  'writes are named on reads that a replica answered',
  'a tombstone begins at the commit record',
  'of two tombstones at one position the later id is kept',
  'of changes without a position the latest is kept',
  'caches ignore epochs',
  'tokens ignore epochs',
  'the watermark is read after the drain',
  'a stream begins at the xmax of a snapshot',
  'values filled before the stream began are followed',
  'a change that arrives before the fill is forgotten',
  'shared values are not compared with changes that were told',
  'positions are dated when they arrive',
  'positions of an old epoch are kept',
] as const

export type Deviation = (typeof DEVIATIONS)[number]
