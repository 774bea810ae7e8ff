import type { EpochId } from '../../consistency/epoch.ts'
import type {
  FillOutcome,
  Lease,
  LeaseAnswer,
  LeaseTerms,
  SharedChange,
  SharedFill,
  SharedKey,
  SharedLookup,
} from '../../ports/shared-cache.ts'
import type { Reply } from './client.ts'
import type { Connection } from './connection.ts'
import type { Counters } from './counters.ts'
import type { Fullness } from './fullness.ts'
import type { Keys } from './keys.ts'
import { newsOf } from './news.ts'
import { Reader } from './reader.ts'
import { textOf } from './reply.ts'
import { BURY } from './scripts/bury.ts'
import { FILL } from './scripts/fill.ts'
import { LEASE, RELEASE, RENEW } from './scripts/lease.ts'
import { VERSION } from './scripts/version.ts'

export interface BucketParts {
  readonly keys: Keys
  readonly connection: Connection
  readonly fullness: Fullness
  readonly counters: Counters
}

/**
 * Entries, their leases, the tombstones of their tags and versions that lie together on one server. Each operation is one round trip; what changes
 * something is one script, and so one step.
 */
export class Bucket {
  readonly #parts: BucketParts
  readonly #reader: Reader

  constructor(parts: BucketParts) {
    this.#parts = parts
    this.#reader = new Reader(parts)
  }

  get(epoch: EpochId, key: SharedKey): Promise<SharedLookup> {
    return this.#reader.get(epoch, key)
  }

  fill(epoch: EpochId, key: SharedKey, fill: SharedFill): Promise<FillOutcome> {
    const { keys, connection, fullness } = this.#parts
    const { body, lo, source, sees, ttl, lease } = fill
    const places = [keys.entry(epoch, key), keys.lease(epoch, key), keys.waiting(epoch, key)]
    const tombstones = key.tags.map((tag) => keys.tombstone(epoch, tag))
    const fence = lease === undefined ? '' : String(lease.fence)
    const terms = [String(lo), source, whole(ttl), fence, keys.channel, filled(key), ...sees.map(String)]
    const args = [bytesOf(body), ...terms]
    return fullness.watch(FILL.run(connection, { keys: [...places, ...tombstones], args, decode: outcomeOf }))
  }

  /** Remembers that tags have changed. */
  bury(epoch: EpochId, { tags, tombstone, ttl }: SharedChange): Promise<void> {
    const { keys, connection, fullness } = this.#parts
    const args = [String(tombstone.min), String(tombstone.writeId), whole(ttl)]
    const tombstones = tags.map((tag) => keys.tombstone(epoch, tag))
    return fullness.watch(BURY.run(connection, { keys: tombstones, args, decode: ignore }))
  }

  lease(epoch: EpochId, key: SharedKey, { ttl, stamp }: LeaseTerms): Promise<LeaseAnswer> {
    const { keys, connection } = this.#parts
    const places = [keys.lease(epoch, key), keys.waiting(epoch, key), keys.entry(epoch, key)]
    return LEASE.run(connection, { keys: places, args: [whole(ttl), String(stamp)], decode: leaseOf })
  }

  renew(epoch: EpochId, key: SharedKey, { fence, ttl }: Lease & { readonly ttl: number }): Promise<boolean> {
    const { keys, connection } = this.#parts
    const args = [String(fence), whole(ttl)]
    return RENEW.run(connection, { keys: [keys.lease(epoch, key)], args, decode: (reply) => reply === 1 })
  }

  release(epoch: EpochId, key: SharedKey, { fence }: Lease): Promise<void> {
    const { keys, connection } = this.#parts
    const places = [keys.lease(epoch, key), keys.waiting(epoch, key)]
    const args = [String(fence), keys.channel, filled(key)]
    return RELEASE.run(connection, { keys: places, args, decode: ignore })
  }

  version(operation: string, known: number): Promise<number> {
    return this.#version(operation, [String(known), '0'])
  }

  bump(operation: string, known: number): Promise<number> {
    return this.#parts.fullness.watch(this.#version(operation, [String(known), '1']))
  }

  #version(operation: string, args: readonly string[]): Promise<number> {
    const { keys, connection } = this.#parts
    return VERSION.run(connection, { keys: [keys.version(operation)], args, decode: versionOf })
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
