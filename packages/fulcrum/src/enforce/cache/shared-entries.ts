import { createHash } from 'node:crypto'
import { outlives, type Tombstone } from '../../consistency/tombstone.ts'
import type { ErrorDeclaration } from '../../declare/error.ts'
import type { AnyOperation } from '../../declare/operation.ts'
import { jsonSchemaOf } from '../../declare/schema.ts'
import { type Plan, stageOf } from '../../plan/plan.ts'
import type { Lease, SharedCache, SharedFill, SharedKey, SharedLookup } from '../../ports/shared-cache.ts'
import { bindTo, boundTo } from './bound-body.ts'
import { byteSafe, canonical } from './cache-key.ts'
import type { Caches } from './caches.ts'
import { earlyBy } from './early-refresh.ts'
import { isElsewhere } from './elsewhere.ts'
import { contentOf, type Entry, type Stored } from './entry.ts'
import { unpackedSize } from './memory-size.ts'
import { decode, encode, type WireEntry } from './wire-format.ts'

/** What the shared cache said of a key. */
export interface Found {
  /** `undefined` where there is nothing that could be served to anybody. */
  readonly entry: Entry | undefined
  /** Changes of its tags that others told of. */
  readonly acknowledged: readonly Tombstone[]
  /** Of what is there, whether or not it could be served (`SharedLookup.stamp`); `undefined` where the shared cache did not answer. */
  readonly stamp: number | undefined
}

const NOTHING: Found = Object.freeze({ entry: undefined, acknowledged: Object.freeze([]), stamp: undefined })

/** An entry on its way to the other instances. */
export interface Outgoing {
  readonly entry: Entry
  /** Milliseconds that reading it took. */
  readonly cost: number
  /** How long it is of use after its expiry. */
  readonly keep: number
  readonly lease: Lease | undefined
}

/** One operation's part of the shared cache. While that is away, it is as if it were empty. */
export class SharedEntries {
  readonly cache: SharedCache
  readonly #caches: Caches
  readonly #errors: readonly ErrorDeclaration[]
  readonly #prefix: string
  /** Tombstones are kept for its entries, since nothing else tells of their changes. */
  readonly #isTagged: boolean
  /** What is found here is kept in the process, so its size matters. */
  readonly #isKept: boolean
  /** Changes of their tags end its entries. */
  readonly #isEndedByChanges: boolean
  readonly #refreshEarly: boolean
  readonly #underWay = new Map<string, Promise<Found>>()

  constructor(operation: AnyOperation, plan: Plan, caches: Caches & { readonly shared: SharedCache }) {
    const fill = stageOf(plan, 'fill')
    this.cache = caches.shared
    this.#caches = caches
    this.#errors = operation.errors as readonly ErrorDeclaration[]
    this.#prefix = `${operation.name}@${fingerprint(operation, plan)}`
    this.#isTagged = fill?.invalidation === 'event'
    this.#isKept = stageOf(plan, 'local cache') !== undefined
    this.#isEndedByChanges = this.#isTagged || fill?.invalidation === 'log'
    this.#refreshEarly = fill?.refreshEarly === true
    if (fill !== undefined && this.#isTagged) caches.retains(fill.ttl + fill.keep)
  }

  keyOf(key: string, tags: readonly number[]): SharedKey {
    return { id: `${this.#prefix}${byteSafe(key)}`, tags: this.#isTagged ? tags : [] }
  }

  /** Asks once for all who ask at the same time. Never rejects. */
  find(key: string, tags: readonly number[]): Promise<Found> {
    return this.#underWay.get(key) ?? this.#ask(key, tags)
  }

  /** Hands it to the others. Resolves when they have it, or do not get it after all; `undefined`: they do not, and a lease is not over with it. */
  fill(key: SharedKey, outgoing: Outgoing): Promise<void> | undefined {
    const filled = this.#fillOf(key, outgoing)
    return filled && this.cache.fill(this.#caches.epoch, key, filled).then(ignore, ignore)
  }

  #ask(key: string, tags: readonly number[]): Promise<Found> {
    const shared = this.keyOf(key, tags)
    const asked = this.cache.get(this.#caches.epoch, shared).then(
      (lookup) => {
        this.#underWay.delete(key)
        return this.#foundIn(shared, lookup)
      },
      () => {
        this.#underWay.delete(key)
        return NOTHING
      },
    )
    this.#underWay.set(key, asked)
    return asked
  }

  #foundIn(key: SharedKey, lookup: SharedLookup): Found {
    const { tombstones: acknowledged, stamp } = lookup
    return { entry: this.#entryOf(key.id, lookup), acknowledged, stamp }
  }

  /** On this instance's clock. */
  #entryOf(id: string, { body, remaining, tombstones }: SharedLookup): Entry | undefined {
    const own = body && boundTo(id, body)
    const wire = own && decode(own)
    if (wire === undefined || !this.#isOfPresent(wire)) return undefined
    const { stored, label, tags, ttl, retention, cost, unpackedFrom } = wire
    if (!tombstones.every((tombstone) => outlives(label, tombstone))) return undefined
    // The change stream tells each instance, and leaves nothing in the shared cache.
    if (this.#isEndedByChanges && !this.#caches.changes.admits(label, tags)) return undefined
    // What is left is never overstated, so the age is never understated.
    const readAt = this.#caches.clock.now() - (retention - remaining)
    const expiresAt = readAt + ttl
    return {
      stored,
      label,
      tags,
      readAt,
      asOf: isElsewhere(label) ? readAt : (this.#caches.freshness?.asOf(label) ?? -Infinity),
      refreshAt: this.#refreshEarly ? expiresAt - earlyBy(cost, this.#caches.random) : expiresAt,
      expiresAt,
      bytes: this.#isKept ? unpackedSize(contentOf(stored), unpackedFrom) : 0,
      isFollowed: false,
      isHeld: false,
      answer: undefined,
    }
  }

  #isOfPresent({ stored, label }: WireEntry): boolean {
    return (isElsewhere(label) || label.epoch === this.#caches.epoch) && this.#isDeclared(stored)
  }

  #isDeclared(stored: Stored): boolean {
    return stored.kind === 'value' || this.#errors.some(({ name }) => name === stored.code)
  }

  #fillOf({ id }: SharedKey, { entry, cost, keep, lease }: Outgoing): SharedFill | undefined {
    const { stored, label, tags, readAt, expiresAt } = entry
    if (label === undefined || !(isElsewhere(label) || label.epoch === this.#caches.epoch)) return undefined
    const ttl = expiresAt - readAt
    const retention = ttl + keep
    const body = encode({ stored, label, tags, ttl, retention, cost })
    // What its reading took is gone already.
    const remaining = retention - (this.#caches.clock.now() - readAt)
    if (body === undefined || remaining <= 0) return undefined
    return {
      body: bindTo(id, body),
      source: label.source,
      lo: label.lo,
      sees: label.sees,
      ttl: remaining,
      lease,
    }
  }
}

/**
 * What an entry has to have in common with the code that serves it: the schema of the answer, and what the contract asks of its label. Another
 * release, with which this one may share the cache for a while, has entries of its own where they differ.
 */
function fingerprint({ output, errors }: AnyOperation, plan: Plan): string {
  const schemaOf = (schema: AnyOperation['output']): unknown => schema && jsonSchemaOf(schema, 'output')
  const declared = (errors as readonly ErrorDeclaration[]).map(({ name, data }) => [name, schemaOf(data)])
  const { scope, invalidation } = stageOf(plan, 'fill') ?? {}
  const { bracket, level } = stageOf(plan, 'route') ?? {}
  const facts = canonical([schemaOf(output), declared, scope, invalidation, bracket, level], plan.operation)
  return createHash('sha256').update(facts).digest('base64url').slice(0, 8)
}

function ignore(): void {}
