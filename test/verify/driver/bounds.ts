import type { Edit } from '../../consistency/rules-folder.ts'

/** Bounds of the package that no run would wait for, or get to often. */
export const SMALL_BOUNDS: readonly Edit[] = [
  { file: 'enforce/cache/caches.js', find: 'TOMBSTONE_MS = 60_000', replace: 'TOMBSTONE_MS = 500' },
  { file: 'consistency/token.js', find: 'MOST_TAGS = 32', replace: 'MOST_TAGS = 8' },
]
