import type { Edit } from '../../consistency/rules-folder.ts'

/** Bounds of the package that no run would wait for, or get to often. */
export const SMALL_BOUNDS: readonly Edit[] = [
  // Tombstones last as long as the entries that they end, and fills are not held back for that long.
  {
    file: 'enforce/cache/caches.js',
    find: 'LEAST_RETENTION_MS = 60_000',
    replace: 'LEAST_RETENTION_MS = 500',
  },
  { file: 'enforce/cache/caches.js', find: 'this.#retention = Math.max(this.#retention, ms);', replace: '' },
  { file: 'consistency/token.js', find: 'MOST_TAGS = 32', replace: 'MOST_TAGS = 8' },
]
