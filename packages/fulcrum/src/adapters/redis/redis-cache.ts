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
import type { Bus } from './bus.ts'
import type { Reply } from './client.ts'
import type { Counters } from './counters.ts'
import type { Fullness } from './fullness.ts'
import type { Keys } from './keys.ts'
import { newsOf } from './news.ts'
import type { Outbox } from './outbox.ts'
import type { Reader } from './reader.ts'
import { textOf } from './reply.ts'
import { BURY } from './scripts/bury.ts'
import { FILL } from './scripts/fill.ts'
import { LEASE, RELEASE, RENEW } from './scripts/lease.ts'
import { VERSION } from './scripts/version.ts'
import type { Servers } from './servers.ts'

export interface RedisCacheParts {
  readonly capabilities: SharedCacheCapabilities
  readonly keys: Keys
  readonly servers: Servers
  readonly reader: Reader
  readonly bus: Bus
  readonly outbox: Outbox
  readonly fullness: Fullness
  readonly counters: Counters
}

/** Redis, or Valkey, as a `SharedCache`. Each operation is one round trip; what changes something is one script, and so one step. */
export class RedisCache implements SharedCache {
  readonly #parts: RedisCacheParts

  constructor(parts: RedisCacheParts) {
    this.#parts = parts
  }

  get capabilities(): SharedCacheCapabilities {
    return this.#parts.capabilities
  }

  get isHealthy(): boolean {
    return this.#parts.servers.isReady
  }

  get counters(): SharedCacheCounters {
    return this.#parts.counters
  }

  async start(): Promise<void> {
    await Promise.all([this.#parts.servers.start(), this.#parts.bus.start()])
  }

  listen(listener: BusListener): void {
    this.#parts.bus.listen(listener)
  }

  get(epoch: EpochId, key: SharedKey): Promise<SharedLookup> {
    return this.#parts.reader.get(epoch, key)
  }

  fill(epoch: EpochId, key: SharedKey, fill: SharedFill): Promise<FillOutcome> {
    const { keys, servers, fullness } = this.#parts
    const { body, lo, source, sees, ttl, lease } = fill
    const places = [keys.entry(epoch, key), keys.lease(epoch, key), keys.waiting(epoch, key)]
    const tombstones = key.tags.map((tag) => keys.tombstone(epoch, tag))
    const fence = lease === undefined ? '' : String(lease.fence)
    const terms = [String(lo), source, whole(ttl), fence, keys.channel, filled(key), ...sees.map(String)]
    const args = [bytesOf(body), ...terms]
    return fullness.watch(FILL.run(servers, { keys: [...places, ...tombstones], args, decode: outcomeOf }))
  }

  async changed(epoch: EpochId, { tags, tombstone, ttl }: SharedChange): Promise<void> {
    const { servers, outbox, fullness } = this.#parts
    const args = [String(tombstone.min), String(tombstone.writeId), whole(ttl)]
    const tombstones = tags.map((tag) => this.#parts.keys.tombstone(epoch, tag))
    outbox.post({ kind: 'changed', epoch, tags, tombstone })
    await fullness.watch(BURY.run(servers, { keys: tombstones, args, decode: ignore }))
  }

  lease(epoch: EpochId, key: SharedKey, { ttl, stamp }: LeaseTerms): Promise<LeaseAnswer> {
    const { keys, servers } = this.#parts
    const places = [keys.lease(epoch, key), keys.waiting(epoch, key), keys.entry(epoch, key)]
    return LEASE.run(servers, { keys: places, args: [whole(ttl), String(stamp)], decode: leaseOf })
  }

  renew(epoch: EpochId, key: SharedKey, { fence, ttl }: Lease & { readonly ttl: number }): Promise<boolean> {
    const { keys, servers } = this.#parts
    const args = [String(fence), whole(ttl)]
    return RENEW.run(servers, { keys: [keys.lease(epoch, key)], args, decode: (reply) => reply === 1 })
  }

  release(epoch: EpochId, key: SharedKey, { fence }: Lease): Promise<void> {
    const { keys, servers } = this.#parts
    const places = [keys.lease(epoch, key), keys.waiting(epoch, key)]
    const args = [String(fence), keys.channel, filled(key)]
    return RELEASE.run(servers, { keys: places, args, decode: ignore })
  }

  version(operation: string, known: number): Promise<number> {
    return this.#version(operation, [String(known), '0'])
  }

  async bump(operation: string, known: number): Promise<number> {
    const { outbox, fullness } = this.#parts
    const version = await fullness.watch(this.#version(operation, [String(known), '1']))
    outbox.post({ kind: 'bumped', operation, version })
    return version
  }

  #version(operation: string, args: readonly string[]): Promise<number> {
    const { keys, servers } = this.#parts
    return VERSION.run(servers, { keys: [keys.version(operation)], args, decode: versionOf })
  }

  async close(): Promise<void> {
    this.#parts.bus.close()
    this.#parts.servers.close()
  }
}

function ignore(): void {}

function outcomeOf(reply: Reply): FillOutcome {
  return textOf(reply) as FillOutcome
}

function versionOf(reply: Reply): number {
  return Number(textOf(reply))
}

function leaseOf(reply: Reply): LeaseAnswer {
  const answer = textOf(reply)
  return answer === 'held' || answer === 'filled' ? answer : { fence: Number(answer) }
}

function filled({ id }: SharedKey): string {
  return newsOf([{ kind: 'filled', id }])
}

function bytesOf(body: Uint8Array): Buffer {
  return Buffer.isBuffer(body) ? body : Buffer.from(body.buffer, body.byteOffset, body.byteLength)
}

/** Redis takes whole milliseconds, and at least one. */
function whole(ms: number): string {
  return String(Math.max(1, Math.floor(ms)))
}
