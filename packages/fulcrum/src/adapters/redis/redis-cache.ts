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

  getMany(epoch: EpochId, keys: readonly SharedKey[]): Promise<readonly SharedLookup[]> {
    return this.#parts.reader.getMany(epoch, keys)
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

  async remove(epoch: EpochId, keys: readonly SharedKey[]): Promise<void> {
    const { servers } = this.#parts
    const entries = keys.map((key) => this.#parts.keys.entry(epoch, key))
    await Promise.all(
      this.#together(entries).map((group) => servers.run(group[0] ?? '', ['UNLINK', ...group], ignore)),
    )
  }

  async changed(epoch: EpochId, { tags, tombstone, ttl }: SharedChange): Promise<void> {
    const { servers, outbox, fullness } = this.#parts
    const args = [String(tombstone.min), String(tombstone.writeId), whole(ttl)]
    const tombstones = tags.map((tag) => this.#parts.keys.tombstone(epoch, tag))
    outbox.post({ kind: 'changed', epoch, tags, tombstone })
    await fullness.watch(
      Promise.all(
        this.#together(tombstones).map((keys) => BURY.run(servers, { keys, args, decode: ignore })),
      ),
    )
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

  version(operation: string): Promise<number> {
    return this.#version(operation, '0')
  }

  async bump(operation: string): Promise<number> {
    const version = await this.#version(operation, '1')
    this.#parts.outbox.post({ kind: 'bumped', operation, version })
    return version
  }

  async close(): Promise<void> {
    this.#parts.bus.close()
    this.#parts.servers.close()
  }

  #version(operation: string, raise: '0' | '1'): Promise<number> {
    const { keys, servers } = this.#parts
    return VERSION.run(servers, { keys: [keys.version(operation)], args: [raise], decode: Number })
  }

  /** Keys that one command may name. */
  #together(keys: readonly string[]): readonly (readonly string[])[] {
    if (!this.#parts.servers.isOne) return keys.map((key) => [key])
    return keys.length === 0 ? [] : [keys]
  }
}

function ignore(): void {}

function outcomeOf(reply: Reply): FillOutcome {
  return textOf(reply) as FillOutcome
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
