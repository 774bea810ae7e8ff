import { tagKey } from '../../consistency/tag-key.ts'
import type { CacheScope } from '../../declare/contract/vocabulary.ts'
import type { AnyOperation } from '../../declare/operation.ts'
import type { Principal } from '../../declare/principal.ts'
import type { Tag } from '../../declare/tag.ts'
import { type Plan, stageOf } from '../../plan/plan.ts'
import type { SharedCache } from '../../ports/shared-cache.ts'
import { compileInputKey, type InputKey, type ScopeKey, scopeKey } from './cache-key.ts'
import type { Caches } from './caches.ts'
import { isElsewhere } from './elsewhere.ts'
import type { Entry } from './entry.ts'
import type { EntryVersion } from './entry-version.ts'
import type { Flight } from './flight.ts'
import type { KeyTraffic } from './key-traffic.ts'
import type { Shelf } from './local-tier.ts'
import { SharedEntries } from './shared-entries.ts'

/** The keys of the tags that a query reads for an input. */
export function tagKeysOf({ reads }: AnyOperation): (input: unknown) => readonly number[] {
  if (reads === undefined) return () => NO_TAGS
  return (input) => reads(input as never).map(({ id }: Tag) => tagKey(id))
}

const NO_TAGS: readonly number[] = Object.freeze([])

/** What the cache stages of one operation share. */
export class OperationCache {
  readonly caches: Caches
  /** Entries here; `undefined` where the contract leaves the local tier out. */
  readonly shelf: Shelf | undefined
  /** Entries that other instances have, too; `undefined` where there is no shared cache, or the contract leaves it out. */
  readonly shared: SharedEntries | undefined
  readonly flights: Map<string, Flight> = new Map()
  /** Of its look-ups, whatever they find. */
  readonly traffic: KeyTraffic
  /** The version of its entries, where the contract has that. */
  readonly version: EntryVersion | undefined
  readonly tagsOf: (input: unknown) => readonly number[]
  /** Whose entries they are. */
  readonly scope: CacheScope
  /** Changes of their tags end its entries. */
  readonly #isTagged: boolean
  readonly #inputKey: InputKey
  readonly #isKeyedByInput: boolean
  readonly #scopeKey: ScopeKey

  constructor(operation: AnyOperation, plan: Plan, caches: Caches) {
    const fill = stageOf(plan, 'fill')
    this.caches = caches
    this.traffic = caches.trafficOf(operation.name)
    this.#isTagged = fill?.invalidation === 'event' || fill?.invalidation === 'log'
    this.shelf = stageOf(plan, 'local cache') && caches.local.shelf({ isTagged: this.#isTagged })
    this.shared = stageOf(plan, 'shared cache') && sharedEntries(operation, plan, caches)
    this.tagsOf = tagKeysOf(operation)
    this.#inputKey = compileInputKey(operation)
    this.scope = fill?.scope ?? 'principal'
    this.version =
      fill?.invalidation === 'version'
        ? caches.versionOf(operation.name, () => this.shelf?.clear())
        : undefined
    this.#isKeyedByInput = this.scope === 'public' && this.version === undefined
    this.#scopeKey = versioned(scopeKey(this.scope), this.version)
  }

  key(input: unknown, principal: Principal | undefined): string {
    const key = this.#inputKey(input)
    return this.#isKeyedByInput ? key : this.#scopeKey(key, principal)
  }

  /** Whether a key is one of the present version: entries of another one are not looked for any more. */
  isPresent(key: string): boolean {
    return this.version === undefined || key.startsWith(this.version.prefix)
  }

  /** Puts an entry on the shelf, unless something that changed since is missing in it, or what is there holds more. */
  keep(key: string, entry: Entry, now: number): void {
    const { label } = entry
    if (this.shelf === undefined || label === undefined) return
    const { epoch, changes } = this.caches
    if (!isElsewhere(label) && label.epoch !== epoch) return
    if (this.#isTagged && !changes.admits(label, entry.tags)) return
    if (isBehind(entry, this.shelf.peek(key), now)) return
    entry.isFollowed = this.#isTagged && changes.follows(label)
    this.shelf.put(key, entry)
  }
}

function versioned(scoped: ScopeKey, version: EntryVersion | undefined): ScopeKey {
  return version === undefined ? scoped : (key, principal) => version.prefix + scoped(key, principal)
}

function sharedEntries(operation: AnyOperation, plan: Plan, caches: Caches): SharedEntries {
  const { shared } = caches
  if (shared === undefined) throw new Error('a plan with a shared cache was composed without one')
  return new SharedEntries(operation, plan, caches as Caches & { readonly shared: SharedCache })
}

/** Entries arrive in another order than they were read in: by different ways, and from nodes that lag behind each other. */
function isBehind(entry: Entry, present: Entry | undefined, now: number): boolean {
  if (present?.label === undefined || entry.label === undefined || now >= present.expiresAt) return false
  const ahead = present.label.lo - entry.label.lo
  return ahead > 0 || (ahead === 0 && present.readAt > entry.readAt)
}
