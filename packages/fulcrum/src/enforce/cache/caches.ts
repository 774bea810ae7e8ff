import type { EpochId } from '../../consistency/epoch.ts'
import { hasPosition, outlives, type Tombstone } from '../../consistency/tombstone.ts'
import type { Watermark } from '../../consistency/watermark.ts'
import type { Clock } from '../../kernel/clock.ts'
import type { Random } from '../../kernel/random.ts'
import type { BusMessage, SharedCache } from '../../ports/shared-cache.ts'
import type { StreamStart } from '../../ports/change-stream.ts'
import type { Freshness } from '../../ports/store.ts'
import { NO_EPOCH } from './elsewhere.ts'
import { EntryVersion } from './entry-version.ts'
import { FillWaiters } from './fill-waiters.ts'
import { KeyTraffic } from './key-traffic.ts'
import { type LocalBounds, LocalTier } from './local-tier.ts'
import { RecentChanges } from './recent-changes.ts'

export interface CachesParts {
  readonly local: LocalBounds
  readonly shared: SharedCache | undefined
  readonly freshness: Freshness | undefined
  readonly clock: Clock
  readonly random: Random
}

/**
 * The caches of one application: what all its operations share, and what news of changes do to it.
 *
 * News come from commands of this instance, from the bus and from the change stream. Each only improves what readers get: whether an entry may be
 * served is decided by its label, when it is served.
 */
export class Caches {
  readonly local: LocalTier
  readonly shared: SharedCache | undefined
  readonly freshness: Freshness | undefined
  readonly changes: RecentChanges = new RecentChanges()
  readonly waiters: FillWaiters = new FillWaiters()
  readonly clock: Clock
  readonly random: Random
  readonly #versions = new Map<string, EntryVersion>()
  readonly #traffic: KeyTraffic[] = []
  /** Milliseconds for which the shared cache may hold an entry that a change ends: tombstones are kept for as long. */
  #retention = LEAST_RETENTION_MS
  #watermark: Watermark | undefined
  #relied: () => void = ignore

  constructor(parts: CachesParts) {
    this.local = new LocalTier(parts.local)
    this.shared = parts.shared
    this.freshness = parts.freshness
    this.clock = parts.clock
    this.random = parts.random
    parts.freshness?.onEpoch((epoch) => this.#entered(epoch))
    // After a gap what is cached here may be out of date, and nothing says which part of it.
    parts.shared?.listen({ message: (message) => this.#hear(message), gap: () => this.#missed() })
  }

  /** The epoch of what is cached now. */
  get epoch(): EpochId {
    return this.freshness?.epoch ?? NO_EPOCH
  }

  /** How far the change stream has told everything; `undefined` while there is none to rely on. */
  get watermark(): Watermark | undefined {
    this.#relied()
    return this.#watermark
  }

  /** `listener` is told whenever somebody looks at the watermark. */
  onReliance(listener: () => void): void {
    this.#relied = listener
  }

  /** From here on the change stream tells everything. */
  following(start: StreamStart): void {
    this.#watermark = undefined
    this.changes.started(start)
  }

  /** The watermark has moved on. */
  reached(watermark: Watermark): void {
    this.#watermark = watermark
  }

  /** The change stream has a gap: nothing that it said before counts any more. */
  lost(): void {
    this.#watermark = undefined
    this.changes.gap()
    this.local.clear()
  }

  /** A number that no other fill and no other write has. Never 0. */
  id(): number {
    return 1 + Math.floor(this.random.next() * (Number.MAX_SAFE_INTEGER - 1))
  }

  /** A command of this instance has changed tags; its write was acknowledged. Tells the others, as well as it can. */
  changed(epoch: EpochId, tags: readonly number[], tombstone: Tombstone): void {
    if (tags.length === 0) return
    this.#changed(epoch, tags, tombstone)
    this.shared?.changed(epoch, { tags, tombstone, ttl: this.#retention }).catch(ignore)
  }

  /** Entries that a change ends may be in the shared cache for so long, in milliseconds. */
  retains(ms: number): void {
    this.#retention = Math.max(this.#retention, ms)
  }

  /** The version of an operation's entries. `changed` is called when there is another one. */
  versionOf(operation: string, changed: () => void): EntryVersion {
    const { shared, clock, random } = this
    if (shared === undefined) throw new Error('versions of entries need a shared cache')
    const version = new EntryVersion({ operation, shared, clock, random, changed })
    this.#versions.set(operation, version)
    return version
  }

  /** What counts the keys of an operation. Called once per operation, at boot. */
  trafficOf(operation: string): KeyTraffic {
    const traffic = new KeyTraffic(operation, this)
    this.#traffic.push(traffic)
    return traffic
  }

  /** Of all operations with cached answers. */
  get traffic(): readonly KeyTraffic[] {
    return this.#traffic
  }

  /** Leaves all entries of an operation behind. `false` where its entries have no version. @throws `FUL-3002`. */
  async bump(operation: string): Promise<boolean> {
    const version = this.#versions.get(operation)
    if (version === undefined || this.shared === undefined) return false
    version.learn(await this.shared.bump(operation, version.known))
    return true
  }

  /** What is cached under these tags may be out of date, here; since when is not known. */
  suspect(tags: readonly number[]): void {
    for (const tag of tags) this.local.dropTag(tag, () => false)
  }

  #missed(): void {
    this.local.clear()
    for (const version of this.#versions.values()) version.doubt()
  }

  #hear(message: BusMessage): void {
    switch (message.kind) {
      case 'filled':
        return this.waiters.filled(message.id)
      case 'bumped':
        return this.#versions.get(message.operation)?.learn(message.version)
      case 'changed':
        return this.#changed(message.epoch, message.tags, message.tombstone)
    }
  }

  #entered(epoch: EpochId): void {
    this.#watermark = undefined
    this.changes.entered(epoch)
    this.local.clear()
  }

  /** A position says nothing in another epoch. What has none is of all of them. */
  #changed(epoch: EpochId, tags: readonly number[], tombstone: Tombstone): void {
    if (hasPosition(tombstone) && epoch !== this.epoch) return
    for (const tag of tags) {
      this.changes.changed(tag, tombstone)
      this.local.dropTag(tag, ({ label }) => label !== undefined && outlives(label, tombstone))
    }
  }
}

/** Longer than any fill that began before the change takes to arrive. */
const LEAST_RETENTION_MS = 60_000

function ignore(): void {}
