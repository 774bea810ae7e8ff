import type { Level, ReadOperation } from '../instance/operations.ts'

const SESSION_LEVELS: readonly Level[] = ['read-your-writes', 'monotonic', 'causal']

/** Answers for sessions, cached, that no change stream speaks for. */
export function isCached({ level, cache, slow }: ReadOperation): boolean {
  return cache !== undefined && cache.invalidation !== 'log' && !slow && SESSION_LEVELS.includes(level)
}

/** Of these, what stays where it is for seconds, whatever is written. */
export function isLeftAlone(read: ReadOperation): boolean {
  return isCached(read) && read.cache?.invalidation === 'ttl'
}

/** What is read in one snapshot, and the plain reads of sessions, since clients ask for each level of those. */
export function isOfOneSnapshot({ level, consistency, cache }: ReadOperation): boolean {
  if (typeof consistency === 'object' && consistency.snapshot === true) return true
  return cache === undefined && (level === 'read-your-writes' || level === 'causal')
}
