import type { EpochId } from '../../consistency/epoch.ts'
import type { Tombstone } from '../../consistency/tombstone.ts'
import type {
  BusListener,
  BusMessage,
  FillOutcome,
  Lease,
  SharedCache,
  SharedCacheCapabilities,
  SharedChange,
  SharedFill,
  SharedKey,
  SharedLookup,
} from '../../ports/shared-cache.ts'
import { Bus } from './bus.ts'
import type { Reply } from './client.ts'
import type { Keys } from './keys.ts'
import { Link, type LinkParts } from './link.ts'
import { BURY } from './scripts/bury.ts'
import { FILL } from './scripts/fill.ts'
import { LEASE, RELEASE, RENEW } from './scripts/lease.ts'
import { ServerClock } from './server-clock.ts'

/** Expiry and position, as doubles, in front of each body. */
const HEADER_BYTES = 16

/** Redis, or Valkey, as a `SharedCache`: what is known of it in one place, and each operation is one round trip. */
export class RedisCache implements SharedCache {
  readonly capabilities: SharedCacheCapabilities = Object.freeze({ name: 'Redis' })
  readonly #keys: Keys
  readonly #link: Link
  readonly #bus: Bus
  readonly #time: ServerClock

  constructor(parts: Omit<LinkParts, 'greet' | 'lost'>, keys: Keys) {
    this.#keys = keys
    this.#time = new ServerClock(parts.clock)
    this.#bus = new Bus(parts, keys.channel)
    this.#link = new Link({
      ...parts,
      greet: (client) => this.#time.measure(() => client.sendCommand(['TIME']) as Promise<Reply>),
    })
  }

  get isHealthy(): boolean {
    return this.#link.isReady
  }

  async start(): Promise<void> {
    await Promise.all([this.#link.start(), this.#bus.start()])
  }

  listen(listener: BusListener): void {
    this.#bus.listen(listener)
  }

  async get(epoch: EpochId, key: SharedKey): Promise<SharedLookup> {
    if (this.#time.isDue) this.#measure()
    const entry = this.#keys.entry(epoch, key)
    if (key.tags.length === 0) return this.#lookup(await this.#link.run(['GET', entry]), NO_REPLIES)
    const reply = await this.#link.run(['MGET', entry, ...this.#tombstoneKeys(epoch, key)])
    const [value = null, ...tombstones] = listOf(reply)
    return this.#lookup(value, tombstones)
  }

  async getMany(epoch: EpochId, keys: readonly SharedKey[]): Promise<readonly SharedLookup[]> {
    // Sent in one turn, so they travel together.
    return Promise.all(keys.map((key) => this.get(epoch, key)))
  }

  async fill(epoch: EpochId, key: SharedKey, fill: SharedFill): Promise<FillOutcome> {
    const entry = this.#keys.entry(epoch, key)
    const { body, lo, source, sees, ttl, lease } = fill
    const header = Buffer.allocUnsafe(HEADER_BYTES)
    header.writeDoubleBE(this.#time.atLeast + ttl, 0)
    header.writeDoubleBE(lo, 8)
    const keys = [
      entry,
      this.#keys.lease(entry),
      this.#keys.waiting(entry),
      ...this.#tombstoneKeys(epoch, key),
    ]
    const news = newsOf({ kind: 'filled', id: key.id })
    const fence = lease === undefined ? '' : String(lease.fence)
    const terms = [String(lo), source, whole(ttl), fence, this.#keys.channel, news, ...sees.map(String)]
    const reply = await FILL.run(this.#link, keys, [Buffer.concat([header, body]), ...terms])
    return String(reply) as FillOutcome
  }

  async remove(epoch: EpochId, keys: readonly SharedKey[]): Promise<void> {
    await Promise.all(keys.map((key) => this.#link.run(['DEL', this.#keys.entry(epoch, key)])))
  }

  async changed(epoch: EpochId, { tags, tombstone, ttl }: SharedChange): Promise<void> {
    const terms = [String(tombstone.min), String(tombstone.writeId), whole(ttl)]
    const buried = tags.map((tag) => BURY.run(this.#link, [this.#keys.tombstone(epoch, tag)], terms))
    const told = this.#publish({ kind: 'changed', epoch, tags, tombstone })
    await Promise.all([...buried, told])
  }

  async lease(epoch: EpochId, key: SharedKey, ttl: number): Promise<Lease | undefined> {
    const entry = this.#keys.entry(epoch, key)
    const keys = [this.#keys.lease(entry), this.#keys.waiting(entry)]
    const fence = await LEASE.run(this.#link, keys, [whole(ttl)])
    return fence === null ? undefined : { fence: Number(String(fence)) }
  }

  async renew(
    epoch: EpochId,
    key: SharedKey,
    { fence, ttl }: Lease & { readonly ttl: number },
  ): Promise<boolean> {
    const lease = this.#keys.lease(this.#keys.entry(epoch, key))
    return (await RENEW.run(this.#link, [lease], [String(fence), whole(ttl)])) === 1
  }

  async release(epoch: EpochId, key: SharedKey, { fence }: Lease): Promise<void> {
    const entry = this.#keys.entry(epoch, key)
    const keys = [this.#keys.lease(entry), this.#keys.waiting(entry)]
    await RELEASE.run(this.#link, keys, [
      String(fence),
      this.#keys.channel,
      newsOf({ kind: 'filled', id: key.id }),
    ])
  }

  async version(operation: string): Promise<number> {
    return Number(String((await this.#link.run(['GET', this.#keys.version(operation)])) ?? 0))
  }

  async bump(operation: string): Promise<number> {
    const version = Number(await this.#link.run(['INCR', this.#keys.version(operation)]))
    await this.#publish({ kind: 'bumped', operation, version })
    return version
  }

  async close(): Promise<void> {
    this.#bus.close()
    this.#link.close()
  }

  #publish(message: BusMessage): Promise<Reply> {
    return this.#link.run(['PUBLISH', this.#keys.channel, newsOf(message)])
  }

  #tombstoneKeys(epoch: EpochId, { tags }: SharedKey): string[] {
    return tags.map((tag) => this.#keys.tombstone(epoch, tag))
  }

  #lookup(value: Reply, replies: readonly Reply[]): SharedLookup {
    const tombstones = replies.flatMap((reply) => tombstoneOf(reply) ?? [])
    if (!Buffer.isBuffer(value) || value.length < HEADER_BYTES)
      return { body: undefined, remaining: 0, tombstones }
    const remaining = value.readDoubleBE(0) - this.#time.atMost
    // Not a number: somebody else's value under our key.
    if (!(remaining > 0)) return { body: undefined, remaining: 0, tombstones }
    return { body: value.subarray(HEADER_BYTES), remaining, tombstones }
  }

  #measure(): void {
    this.#time.measure(() => this.#link.run(['TIME'])).catch(() => {})
  }
}

const NO_REPLIES: readonly Reply[] = []

function listOf(reply: Reply): readonly Reply[] {
  return Array.isArray(reply) ? (reply as readonly Reply[]) : NO_REPLIES
}

function tombstoneOf(reply: Reply): Tombstone | undefined {
  const [, min, writeId] = /^(\d{1,16}) (\d{1,16})$/.exec(reply === null ? '' : String(reply)) ?? []
  return min === undefined ? undefined : { min: Number(min), writeId: Number(writeId) }
}

function newsOf(message: BusMessage): string {
  return JSON.stringify(message)
}

/** Redis takes whole milliseconds, and at least one. */
function whole(ms: number): string {
  return String(Math.max(1, Math.ceil(ms)))
}
