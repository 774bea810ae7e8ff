/**
 * How often something came about that a rule exists for. A run in which an anomaly had no opportunity proves nothing about the rule against it.
 */
export const OCCASIONS = [
  'runs',
  'actions',
  'reads from a cache',
  'reads from a replica',
  'reads from the primary',
  'writes acknowledged',
  'commit window: a primary read at or past a commit record did not see it',
  'equal positions: a primary value at the very position that is needed',
  'idle primary: nothing was written between an acknowledgement and a read',
  'page boundary: a position that no replica reaches',
  'replica ahead: it showed what the primary did not show yet',
  'replica visible before its position moved',
  'replica went back: it was restarted',
  'unsettled: a direct read had to be repeated',
  'served for the sake of a write id only',
  'served for the sake of a fill id only',
  'served for the sake of the watermark only',
  'refused by the session level',
  'refused by the bound',
  'served within a bound',
  'tags evicted from a token',
  'tokens merged with different fills',
  'tokens merged with two writes at one position',
  'promotions',
  'promotion lost an acknowledged write',
  'promotion lost what a session had seen',
  'promotion kept a commit that was never acknowledged',
  'tokens carried over',
  'tokens reset',
  'tokens ahead of their instance',
  'a connection survived a promotion',
  'transaction ids used again after a failover',
  'fills refused by a tombstone',
  'fills accepted across the end of a tombstone',
  'fills kept out by a later one',
  'two tombstones at one position',
  'two tombstones without a position',
  'fills accepted for the sake of a change without a position',
  'changes decoded before they were visible',
  'changes that arrived before the fill they concern',
  'changes forgotten by an instance',
  'streams begun while a commit was in its window',
  'watermarks',
  'streams with a gap',
  'positions thinned out',
  'positions that arrived out of order',
  'fences',
] as const

export type Occasion = (typeof OCCASIONS)[number]
export type Counts = Record<Occasion, number>

export function noCounts(): Counts {
  return Object.fromEntries(OCCASIONS.map((name) => [name, 0])) as Counts
}
