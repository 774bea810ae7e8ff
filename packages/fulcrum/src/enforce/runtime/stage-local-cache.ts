import { Judge } from '../cache/judge.ts'
import { Lookup } from '../cache/lookup.ts'
import { LOCAL, serve } from './serve.ts'
import { cacheOf, type StageFactory } from './stage.ts'

/**
 * Serves what is at hand. This is the path of a hit: key, one look-up, a few comparisons. Everything that may take longer is below, and what is
 * found here goes along as a candidate.
 */
export const localCache: StageFactory<'local cache'> = ({ level, bounds }, next, parts) => {
  const cache = cacheOf(parts)
  const { shelf } = cache
  const judge = new Judge(parts.caches, level, bounds)
  return (call, input) => {
    const key = cache.key(input, call.principal)
    const entry = shelf?.get(key)
    if (entry !== undefined) {
      const now = judge.now()
      if (now < entry.refreshAt && judge.isForSession(entry, call) && judge.isWithinBound(entry, now))
        return serve(call, entry, { judge, source: LOCAL, now })
    }
    call.lookup = new Lookup(key, entry?.tags ?? cache.tagsOf(input), entry)
    return next(call, input)
  }
}
