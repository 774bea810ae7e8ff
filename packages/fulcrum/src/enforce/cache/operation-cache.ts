import { outlives } from '../../consistency/tombstone.ts'
import { tagKey } from '../../consistency/tag-key.ts'
import type { AnyOperation } from '../../declare/operation.ts'
import type { Principal } from '../../declare/principal.ts'
import type { Tag } from '../../declare/tag.ts'
import { type Plan, stageOf } from '../../plan/plan.ts'
import type { SharedKey, SharedLookup } from '../../ports/shared-cache.ts'
import { compileInputKey, type InputKey, type ScopeKey, scopeKey } from './cache-key.ts'
import type { Caches } from './caches.ts'
import type { Entry } from './entry.ts'
import type { Flight } from './flight.ts'
import type { Shelf } from './local-tier.ts'
import { decode } from './wire-format.ts'

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
  /** Entries are shared with other instances. */
  readonly isShared: boolean
  readonly flights: Map<string, Flight> = new Map()
  readonly tagsOf: (input: unknown) => readonly number[]
  readonly #name: string
  readonly #inputKey: InputKey
  readonly #scopeKey: ScopeKey
  readonly #isTagged: boolean
  readonly #isVersioned: boolean
  #version = 0

  constructor(operation: AnyOperation, plan: Plan, caches: Caches) {
    const local = stageOf(plan, 'local cache')
    const fill = stageOf(plan, 'fill')
    this.caches = caches
    this.shelf = local && caches.local.shelf()
    this.isShared = stageOf(plan, 'shared cache') !== undefined
    this.tagsOf = tagKeysOf(operation)
    this.#name = operation.name
    this.#inputKey = compileInputKey(operation.input)
    this.#scopeKey = scopeKey(fill?.scope ?? 'principal')
    this.#isTagged = fill?.invalidation === 'event'
    this.#isVersioned = fill?.invalidation === 'version'
    if (this.#isVersioned) caches.register(operation.name, { bumped: (version) => (this.#version = version) })
  }

  key(input: unknown, principal: Principal | undefined): string {
    const key = this.#scopeKey(this.#inputKey(input), principal)
    return this.#isVersioned ? `${this.#version};${key}` : key
  }

  /** Asks the shared cache which version is the present one. */
  async learnVersion(): Promise<void> {
    if (this.#isVersioned) this.#version = (await this.caches.shared?.version(this.#name)) ?? this.#version
  }

  sharedKey(key: string, tags: readonly number[]): SharedKey {
    return { id: `${this.#name}:${key}`, tags: this.#isTagged ? tags : NO_TAGS }
  }

  /** What the shared cache said, as an entry on this instance's clock; `undefined` where there is nothing that could be served. */
  entryOf({ body, remaining, tombstones }: SharedLookup): Entry | undefined {
    const wire = body && decode(body)
    if (wire === undefined) return undefined
    const { stored, label, tags, ttl, retention, cost } = wire
    const { freshness, changes, clock } = this.caches
    if (label !== undefined) {
      if (label.epoch !== freshness?.epoch) return undefined
      if (!tombstones.every((tombstone) => outlives(label, tombstone)) || !changes.admits(label, tags))
        return undefined
    }
    // What is left is never overstated, so the age is never understated.
    const readAt = clock.now() - (retention - remaining)
    return {
      stored,
      label,
      tags,
      readAt,
      asOf: label === undefined ? readAt : (freshness?.asOf(label) ?? -Infinity),
      refreshAt: readAt + ttl,
      expiresAt: readAt + ttl,
      goneAt: readAt + retention,
      cost,
      bytes: body?.length ?? 0,
      followed: label !== undefined && changes.follows(label),
      isHeld: false,
    }
  }

  /** Puts an entry on the shelf, unless something that changed since is missing in it. */
  keep(key: string, entry: Entry): void {
    const { label } = entry
    const { freshness, changes } = this.caches
    if (label !== undefined && (label.epoch !== freshness?.epoch || !changes.admits(label, entry.tags)))
      return
    this.shelf?.put(key, entry)
  }
}
