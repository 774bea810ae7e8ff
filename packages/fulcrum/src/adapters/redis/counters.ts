import type { SharedCacheCounters } from '../../ports/shared-cache.ts'

/** Counted where it happens. */
export type Counters = { -readonly [Name in keyof SharedCacheCounters]: number }

export function newCounters(): Counters {
  return { timedOut: 0, failed: 0, refused: 0, damaged: 0, dropped: 0, gaps: 0, lost: 0 }
}
