import type { EpochId } from '../../consistency/epoch.ts'
import type {
  BusListener,
  FillOutcome,
  Lease,
  LeaseAnswer,
  LeaseTerms,
  SharedCache,
  SharedCacheCapabilities,
  SharedCacheCounters,
  SharedChange,
  SharedFill,
  SharedKey,
  SharedLookup,
} from '../../ports/shared-cache.ts'
import type { Buckets } from './buckets.ts'
import type { Bus } from './bus.ts'
import type { Counters } from './counters.ts'
import type { Outbox } from './outbox.ts'

export interface RedisCacheParts {
  readonly capabilities: SharedCacheCapabilities
  readonly buckets: Buckets
  readonly bus: Bus
  readonly outbox: Outbox
  readonly counters: Counters
}

/**
 * Redis, or Valkey, as a `SharedCache`: whatever is about one entry or one operation goes to the bucket where that lies, a change of tags to all, since
 * entries with these tags may lie in any, and news to all instances.
 */
export class RedisCache implements SharedCache {
  readonly #parts: RedisCacheParts
  readonly #buckets: Buckets

  constructor(parts: RedisCacheParts) {
    this.#parts = parts
    this.#buckets = parts.buckets
  }

  get capabilities(): SharedCacheCapabilities {
    return this.#parts.capabilities
  }

  get isHealthy(): boolean {
    return this.#buckets.isReady
  }

  get counters(): SharedCacheCounters {
    return this.#parts.counters
  }

  async start(): Promise<void> {
    await Promise.all([this.#buckets.start(), this.#parts.bus.start()])
  }

  listen(listener: BusListener): void {
    this.#parts.bus.listen(listener)
  }

  get(epoch: EpochId, key: SharedKey): Promise<SharedLookup> {
    return this.#buckets.of(key.id).get(epoch, key)
  }

  fill(epoch: EpochId, key: SharedKey, fill: SharedFill): Promise<FillOutcome> {
    return this.#buckets.of(key.id).fill(epoch, key, fill)
  }

  async changed(epoch: EpochId, change: SharedChange): Promise<void> {
    const { tags, tombstone } = change
    this.#parts.outbox.post({ kind: 'changed', epoch, tags, tombstone })
    const buried = this.#buckets.all.map((bucket) => bucket.bury(epoch, change))
    // One that is away fails at once, and the others are waited for all the same.
    await Promise.allSettled(buried)
    await Promise.all(buried)
  }

  lease(epoch: EpochId, key: SharedKey, terms: LeaseTerms): Promise<LeaseAnswer> {
    return this.#buckets.of(key.id).lease(epoch, key, terms)
  }

  renew(epoch: EpochId, key: SharedKey, renewal: Lease & { readonly ttl: number }): Promise<boolean> {
    return this.#buckets.of(key.id).renew(epoch, key, renewal)
  }

  release(epoch: EpochId, key: SharedKey, lease: Lease): Promise<void> {
    return this.#buckets.of(key.id).release(epoch, key, lease)
  }

  version(operation: string, known: number): Promise<number> {
    return this.#buckets.of(operation).version(operation, known)
  }

  async bump(operation: string, known: number): Promise<number> {
    const version = await this.#buckets.of(operation).bump(operation, known)
    this.#parts.outbox.post({ kind: 'bumped', operation, version })
    return version
  }

  async close(): Promise<void> {
    this.#parts.bus.close()
    this.#buckets.close()
  }
}
