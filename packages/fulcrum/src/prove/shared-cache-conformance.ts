import type { ConformanceCase } from './shared-cache/case.ts'
import { ENTRIES } from './shared-cache/entries.ts'
import { LEASES } from './shared-cache/leases.ts'
import { NEWS } from './shared-cache/news.ts'
import { TOMBSTONES } from './shared-cache/tombstones.ts'
import { VERSIONS } from './shared-cache/versions.ts'

/**
 * What a `SharedCache` has to do, for the tests of an adapter, whatever runs them:
 *
 * ```ts
 * for (const { name, run } of SHARED_CACHE_CONFORMANCE) test(name, () => run(cacheUnderTest))
 * ```
 *
 * Each case has keys of its own, so one cache serves them all, one after the other.
 */
export const SHARED_CACHE_CONFORMANCE: readonly ConformanceCase[] = Object.freeze([
  ...ENTRIES,
  ...TOMBSTONES,
  ...LEASES,
  ...NEWS,
  ...VERSIONS,
])
