import type { Entry } from '../cache/entry.ts'
import { Judge } from '../cache/judge.ts'
import { Lookup } from '../cache/lookup.ts'
import type { Found, SharedEntries } from '../cache/shared-entries.ts'
import { Deadline } from '../../kernel/deadline.ts'
import type { Call } from './call.ts'
import { Serving, SHARED } from './serving.ts'
import { cacheOf, type StageFactory } from './stage.ts'
import { untilExpiry } from './until-expiry.ts'

/** Serves what another instance has read. While the shared cache is away, it is as if it were empty. */
export const sharedCache: StageFactory<'shared cache'> = (demands, next, parts) => {
  const cache = cacheOf(parts)
  const shared = cache.shared as SharedEntries
  const judge = new Judge(parts.caches, demands)
  const serving = new Serving(judge, SHARED)
  return (call, input) => {
    if (cache.shelf !== undefined) call.probe.noted('local miss')
    call.lookup ??= begin(call, input)
    return find(shared, call, call.lookup).then((found) => proceed(call, input, found))
  }

  /** Where there is no local tier before it. */
  function begin(call: Call, input: unknown): Lookup {
    const key = cache.key(input, call.principal)
    cache.traffic.note(key)
    return new Lookup(key, cache.tagsOf(input), undefined)
  }

  function proceed(call: Call, input: unknown, { entry, acknowledged, stamp }: Found): unknown {
    const lookup = call.lookup as Lookup
    lookup.acknowledged = acknowledged
    lookup.stamp = stamp
    if (entry !== undefined) {
      const now = judge.now()
      cache.keep(lookup.key, entry, now)
      if (judge.isGood(entry, call, now)) return serving.serve(call, entry, now)
      lookup.candidate = better(lookup.candidate, entry)
    }
    return next(call, input)
  }
}

/** The call's deadline is its own business: for the others the question goes on. */
function find(shared: SharedEntries, { deadline }: Call, { key, tags }: Lookup): Promise<Found> {
  const found = shared.find(key, tags)
  return deadline === Deadline.none ? found : untilExpiry(deadline, found)
}

/** Of two entries that may stand in, the one that was read later. */
function better(a: Entry | undefined, b: Entry): Entry {
  return a !== undefined && a.readAt > b.readAt ? a : b
}
