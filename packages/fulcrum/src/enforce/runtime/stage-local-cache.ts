import { Judge } from '../cache/judge.ts'
import { Lookup } from '../cache/lookup.ts'
import { LOCAL, Serving } from './serving.ts'
import { cacheOf, type StageFactory } from './stage.ts'

/**
 * Serves what is at hand. This is the path of a hit: key, one look-up, a few comparisons. Everything that may take longer is below, and what is
 * found here goes along as a candidate. Callers who want to know nothing but the answer are served by `LocalHits` in the same way.
 */
export const localCache: StageFactory<'local cache'> = (demands, next, parts) => {
  const cache = cacheOf(parts)
  const { shelf } = cache
  const judge = new Judge(parts.caches, demands)
  const serving = new Serving(judge, LOCAL)
  return (call, input) => {
    const key = cache.key(input, call.principal)
    cache.traffic.note(key)
    const entry = shelf?.get(key)
    if (entry !== undefined) {
      const now = judge.now()
      if (judge.isFresh(entry, call, now)) return serving.serve(call, entry, now)
    }
    call.lookup = new Lookup(key, entry?.tags ?? cache.tagsOf(input), entry)
    return next(call, input)
  }
}
