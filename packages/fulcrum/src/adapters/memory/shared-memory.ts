import type { EpochId } from '../../consistency/epoch.ts'
import { outlives, type Tombstone } from '../../consistency/tombstone.ts'
import type { Clock } from '../../kernel/clock.ts'
import type {
  BusListener,
  BusMessage,
  FillOutcome,
  Lease,
  SharedCache,
  SharedCacheCounters,
  SharedCacheSource,
  SharedChange,
  SharedFill,
  SharedKey,
  SharedLookup,
} from '../../ports/shared-cache.ts'

interface Kept<T> {
  readonly value: T
  readonly until: number
}

/** What all connected instances share. */
class Memory {
  readonly entries = new Map<string, Kept<SharedFill>>()
  readonly tombstones = new Map<string, Kept<Tombstone>>()
  readonly leases = new Map<string, Kept<Lease>>()
  readonly awaited = new Set<string>()
  readonly versions = new Map<string, number>()
  readonly listeners = new Set<BusListener>()
  fences = 0

  tell(message: BusMessage): void {
    for (const listener of this.listeners) listener.message(message)
  }
}

/**
 * A shared cache in the memory of one process, for several instances of an application in it: tests, and runs on virtual time. It forgets nothing
 * before its time and is not bounded.
 */
export function sharedMemory(clock: Clock): SharedCacheSource {
  const memory = new Memory()
  const capabilities = Object.freeze({ name: 'memory' })
  return Object.freeze({
    kind: 'shared-cache' as const,
    capabilities,
    open: async () => new MemoryCache(memory, clock),
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
  readonly capabilities = { name: 'memory' }
  readonly isHealthy = true
  readonly counters: SharedCacheCounters = NOTHING_HAPPENED
  readonly #memory: Memory
  readonly #clock: Clock
  #listener: BusListener | undefined

  constructor(memory: Memory, clock: Clock) {
    this.#memory = memory
    this.#clock = clock
  }

  async start(): Promise<void> {}

  listen(listener: BusListener): void {
    this.#listener = listener
    this.#memory.listeners.add(listener)
  }

  async get(epoch: EpochId, key: SharedKey): Promise<SharedLookup> {
    return this.#look(epoch, key)
  }

  async getMany(epoch: EpochId, keys: readonly SharedKey[]): Promise<readonly SharedLookup[]> {
    return keys.map((key) => this.#look(epoch, key))
  }

  async fill(epoch: EpochId, key: SharedKey, fill: SharedFill): Promise<FillOutcome> {
    const { lease } = fill
    const place = placeOf(epoch, key)
    const outcome = this.#outcome(epoch, key, fill)
    if (outcome === 'stored') this.#memory.entries.set(place, this.#keep(fill, fill.ttl))
    if (lease !== undefined) this.#end(place, key, lease)
    return outcome
  }

  async remove(epoch: EpochId, keys: readonly SharedKey[]): Promise<void> {
    for (const key of keys) this.#memory.entries.delete(placeOf(epoch, key))
  }

  async changed(epoch: EpochId, { tags, tombstone, ttl }: SharedChange): Promise<void> {
    for (const tag of tags) this.#bury(`${epoch}:${tag}`, tombstone, ttl)
    this.#memory.tell({ kind: 'changed', epoch, tags, tombstone })
  }

  async lease(epoch: EpochId, key: SharedKey, ttl: number): Promise<Lease | undefined> {
    const place = placeOf(epoch, key)
    if (this.#present(this.#memory.leases, place) !== undefined) {
      this.#memory.awaited.add(place)
      return undefined
    }
    const lease = { fence: ++this.#memory.fences }
    this.#memory.leases.set(place, this.#keep(lease, ttl))
    return lease
  }

  async renew(epoch: EpochId, key: SharedKey, renewal: Lease & { readonly ttl: number }): Promise<boolean> {
    const place = placeOf(epoch, key)
    if (this.#present(this.#memory.leases, place)?.fence !== renewal.fence) return false
    this.#memory.leases.set(place, this.#keep({ fence: renewal.fence }, renewal.ttl))
    return true
  }

  async release(epoch: EpochId, key: SharedKey, lease: Lease): Promise<void> {
    this.#end(placeOf(epoch, key), key, lease)
  }

  async version(operation: string): Promise<number> {
    return this.#memory.versions.get(operation) ?? 0
  }

  async bump(operation: string): Promise<number> {
    const version = (await this.version(operation)) + 1
    this.#memory.versions.set(operation, version)
    this.#memory.tell({ kind: 'bumped', operation, version })
    return version
  }

  async close(): Promise<void> {
    if (this.#listener !== undefined) this.#memory.listeners.delete(this.#listener)
  }

  #look(epoch: EpochId, key: SharedKey): SharedLookup {
    const kept = this.#memory.entries.get(placeOf(epoch, key))
    const remaining = kept === undefined ? 0 : kept.until - this.#clock.now()
    const body = remaining > 0 ? kept?.value.body : undefined
    return { body, remaining: Math.max(0, remaining), tombstones: this.#tombstones(epoch, key) }
  }

  #tombstones(epoch: EpochId, { tags }: SharedKey): Tombstone[] {
    return tags.flatMap((tag) => this.#present(this.#memory.tombstones, `${epoch}:${tag}`) ?? [])
  }

  #outcome(epoch: EpochId, key: SharedKey, fill: SharedFill): FillOutcome {
    if (!this.#tombstones(epoch, key).every((tombstone) => outlives(fill, tombstone))) return 'outdated'
    const present = this.#present(this.#memory.entries, placeOf(epoch, key))
    return present !== undefined && present.lo > fill.lo ? 'kept' : 'stored'
  }

  #bury(place: string, tombstone: Tombstone, ttl: number): void {
    const known = this.#present(this.#memory.tombstones, place)
    if (known !== undefined && known.min > tombstone.min) return
    // Two writes at one position have no order, so neither id speaks for both.
    const isTie = known?.min === tombstone.min && known.writeId !== tombstone.writeId
    this.#memory.tombstones.set(place, this.#keep(isTie ? { ...tombstone, writeId: 0 } : tombstone, ttl))
  }

  #end(place: string, { id }: SharedKey, lease: Lease): void {
    if (this.#present(this.#memory.leases, place)?.fence === lease.fence) this.#memory.leases.delete(place)
    if (this.#memory.awaited.delete(place)) this.#memory.tell({ kind: 'filled', id })
  }

  #keep<T>(value: T, ms: number): Kept<T> {
    return { value, until: this.#clock.now() + ms }
  }

  #present<T>(kept: Map<string, Kept<T>>, place: string): T | undefined {
    const found = kept.get(place)
    if (found === undefined || found.until > this.#clock.now()) return found?.value
    kept.delete(place)
    return undefined
  }
}

function placeOf(epoch: EpochId, { id }: SharedKey): string {
  return `${epoch}:${id}`
}
