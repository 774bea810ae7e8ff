import type { EpochId } from '../../consistency/epoch.ts'
import { bury, outlives, type Tombstone } from '../../consistency/tombstone.ts'
import type { Clock } from '../../kernel/clock.ts'
import type {
  BusListener,
  FillOutcome,
  Lease,
  LeaseAnswer,
  LeaseTerms,
  SharedCache,
  SharedCacheCounters,
  SharedCacheSource,
  SharedChange,
  SharedFill,
  SharedKey,
  SharedLookup,
} from '../../ports/shared-cache.ts'
import { Memory } from './memory.ts'

const CAPABILITIES = Object.freeze({ name: 'memory' })

/**
 * A shared cache in the memory of one process, for several instances of an application in it: tests, and runs on virtual time. It forgets nothing
 * before its time and is not bounded.
 */
export function sharedMemory(clock: Clock): SharedCacheSource {
  const memory = new Memory(clock)
  return Object.freeze({
    kind: 'shared-cache' as const,
    capabilities: CAPABILITIES,
    open: async () => new MemoryCache(memory),
  })
}

const NOTHING_HAPPENED: SharedCacheCounters = Object.freeze({
  timedOut: 0,
  failed: 0,
  refused: 0,
  damaged: 0,
  dropped: 0,
  gaps: 0,
  lost: 0,
})

/** One instance's connection to the memory. */
class MemoryCache implements SharedCache {
  readonly capabilities = CAPABILITIES
  readonly isHealthy = true
  readonly counters: SharedCacheCounters = NOTHING_HAPPENED
  readonly #memory: Memory
  #listener: BusListener | undefined

  constructor(memory: Memory) {
    this.#memory = memory
  }

  async start(): Promise<void> {}

  listen(listener: BusListener): void {
    this.#unlisten()
    this.#listener = listener
    this.#memory.listeners.add(listener)
  }

  async get(epoch: EpochId, key: SharedKey): Promise<SharedLookup> {
    return this.#look(epoch, key)
  }

  async fill(epoch: EpochId, key: SharedKey, fill: SharedFill): Promise<FillOutcome> {
    const place = placeOf(epoch, key)
    const outcome = this.#outcome(epoch, key, fill)
    if (outcome === 'stored') this.#memory.entries.put(place, { fill, stamp: this.#memory.next() }, fill.ttl)
    if (fill.lease !== undefined) this.#end(place, fill.lease)
    if (fill.lease !== undefined || outcome === 'stored') this.#wake(place, key)
    return outcome
  }

  async changed(epoch: EpochId, { tags, tombstone, ttl }: SharedChange): Promise<void> {
    for (const tag of tags) this.#bury(`${epoch}:${tag}`, tombstone, ttl)
    this.#memory.tell({ kind: 'changed', epoch, tags, tombstone })
  }

  async lease(epoch: EpochId, key: SharedKey, { ttl, stamp }: LeaseTerms): Promise<LeaseAnswer> {
    const place = placeOf(epoch, key)
    const { entries, leases, awaited } = this.#memory
    const entry = entries.get(place)
    if (entry !== undefined && entry.stamp !== stamp) return 'filled'
    if (leases.get(place) !== undefined) {
      awaited.put(place, true, 2 * ttl)
      return 'held'
    }
    const lease = { fence: this.#memory.next() }
    leases.put(place, lease, ttl)
    return lease
  }

  async renew(
    epoch: EpochId,
    key: SharedKey,
    { fence, ttl }: Lease & { readonly ttl: number },
  ): Promise<boolean> {
    const place = placeOf(epoch, key)
    if (this.#memory.leases.get(place)?.fence !== fence) return false
    this.#memory.leases.put(place, { fence }, ttl)
    return true
  }

  async release(epoch: EpochId, key: SharedKey, lease: Lease): Promise<void> {
    const place = placeOf(epoch, key)
    this.#end(place, lease)
    this.#wake(place, key)
  }

  async version(operation: string, known: number): Promise<number> {
    const version = this.#memory.versions.get(operation)
    return version === undefined || version < known ? this.#newVersion(operation, known) : version
  }

  async bump(operation: string, known: number): Promise<number> {
    const version = this.#newVersion(operation, known)
    this.#memory.tell({ kind: 'bumped', operation, version })
    return version
  }

  async close(): Promise<void> {
    this.#unlisten()
  }

  #unlisten(): void {
    if (this.#listener !== undefined) this.#memory.listeners.delete(this.#listener)
  }

  #newVersion(operation: string, known: number): number {
    const { versions } = this.#memory
    const version = Math.max(this.#memory.next(), known + 1, (versions.get(operation) ?? 0) + 1)
    versions.set(operation, version)
    return version
  }

  #look(epoch: EpochId, key: SharedKey): SharedLookup {
    const place = placeOf(epoch, key)
    const { entries } = this.#memory
    const found = entries.get(place)
    const tombstones = this.#tombstones(epoch, key)
    return {
      body: found?.fill.body,
      remaining: entries.remaining(place),
      tombstones,
      stamp: found?.stamp ?? 0,
    }
  }

  #tombstones(epoch: EpochId, { tags }: SharedKey): Tombstone[] {
    return tags.flatMap((tag) => this.#memory.tombstones.get(`${epoch}:${tag}`) ?? [])
  }

  #outcome(epoch: EpochId, key: SharedKey, fill: SharedFill): FillOutcome {
    if (!this.#tombstones(epoch, key).every((tombstone) => outlives(fill, tombstone))) return 'outdated'
    const present = this.#memory.entries.get(placeOf(epoch, key))
    return present !== undefined && present.fill.lo > fill.lo ? 'kept' : 'stored'
  }

  #bury(place: string, tombstone: Tombstone, ttl: number): void {
    const { tombstones } = this.#memory
    const all = bury(tombstones.get(place) ?? [], tombstone)
    tombstones.put(place, all, Math.max(ttl, tombstones.remaining(place)))
  }

  #end(place: string, lease: Lease): void {
    if (this.#memory.leases.get(place)?.fence === lease.fence) this.#memory.leases.remove(place)
  }

  /** Tells those who wait for a fill. */
  #wake(place: string, { id }: SharedKey): void {
    if (this.#memory.awaited.remove(place)) this.#memory.tell({ kind: 'filled', id })
  }
}

function placeOf(epoch: EpochId, { id }: SharedKey): string {
  return `${epoch}:${id}`
}
