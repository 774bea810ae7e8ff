import type { Entry } from '../cache/entry.ts'
import { Judge } from '../cache/judge.ts'
import { Lookup } from '../cache/lookup.ts'
import type { OperationCache } from '../cache/operation-cache.ts'
import { Deadline } from '../../kernel/deadline.ts'
import type { SharedLookup } from '../../ports/shared-cache.ts'
import type { Call } from './call.ts'
import { serve, SHARED } from './serve.ts'
import { cacheOf, type StageFactory } from './stage.ts'
import { untilExpiry } from './until-expiry.ts'

/** Serves what another instance has read. While the shared cache is away, it is as if it were empty. */
export const sharedCache: StageFactory<'shared cache'> = ({ level, bounds }, next, parts) => {
  const cache = cacheOf(parts)
  const judge = new Judge(parts.caches, level, bounds)
  return async (call, input) => {
    const lookup = (call.lookup ??= new Lookup(
      cache.key(input, call.principal),
      cache.tagsOf(input),
      undefined,
    ))
    const found = await find(cache, call, lookup)
    if (found !== undefined) {
      const now = judge.now()
      cache.keep(lookup.key, found)
      if (now < found.expiresAt && judge.isForSession(found, call) && judge.isWithinBound(found, now))
        return serve(call, found, { judge, source: SHARED, now })
      lookup.candidate = better(lookup.candidate, found)
    }
    return next(call, input)
  }
}

async function find(cache: OperationCache, call: Call, lookup: Lookup): Promise<Entry | undefined> {
  const answer = await ask(cache, call, lookup)
  if (answer === undefined) return undefined
  lookup.acknowledged = answer.tombstones.map(({ writeId }) => writeId).filter((id) => id !== 0)
  return cache.entryOf(answer)
}

async function ask(cache: OperationCache, call: Call, lookup: Lookup): Promise<SharedLookup | undefined> {
  const { shared, freshness } = cache.caches
  if (shared === undefined) return undefined
  const asked = shared.get(freshness?.epoch ?? NO_EPOCH, cache.sharedKey(lookup.key, lookup.tags))
  try {
    return await (call.deadline === Deadline.none ? asked : untilExpiry(call.deadline, asked))
  } catch (error) {
    // The cache is away. That the call is over is its own business.
    call.deadline.throwIfOver()
    void error
    return undefined
  }
}

/** For what does not come from a store with positions. */
export const NO_EPOCH = '0/0'

/** Of two entries that may stand in, the one that was read later. */
function better(a: Entry | undefined, b: Entry): Entry {
  return a !== undefined && a.readAt > b.readAt ? a : b
}
