import type { EpochId } from '../consistency/epoch.ts'
import type { Lsn } from '../consistency/label.ts'
import type { Tombstone } from '../consistency/tombstone.ts'
import type { AdapterDependencies } from './store-source.ts'

/** What is configured. */
export interface SharedCacheCapabilities {
  /** For people: `Redis`, `memory`. */
  readonly name: string
}

/** Where an entry lives. */
export interface SharedKey {
  /** Operation, scope and input, in one string; readable, unique, without the epoch. */
  readonly id: string
  /** Keys of the entry's tags (`tagKey`); empty for entries that no change invalidates. */
  readonly tags: readonly number[]
}

/**
 * What was found under a key. The tombstones are told also where there is no entry: a read that is sent to the primary after somebody has learned
 * of an acknowledged write contains that write, so its label may name it (`Label.sees`), and the fill is accepted although the primary has not
 * moved since.
 */
export interface SharedLookup {
  readonly body: Uint8Array | undefined
  /** Milliseconds until the entry expires, at the most: never overstated. 0 where there is none. */
  readonly remaining: number
  /** The tombstones of its tags that are still remembered: for each the latest with a position, and the latest ones without (`bury`). */
  readonly tombstones: readonly Tombstone[]
  /** Tells what is under the key from what was filled before and what is filled later, also where its time is over; 0 where there is nothing. */
  readonly stamp: number
}

/** What a fill brings along besides its bytes, so that the cache can compare without decoding. */
export interface SharedFill {
  readonly body: Uint8Array
  readonly source: 'primary' | 'replica'
  readonly lo: Lsn
  /** Ids of writes that it contains whatever its position says. */
  readonly sees: readonly number[]
  /** Milliseconds. */
  readonly ttl: number
  /** The lease that the fill ends. */
  readonly lease?: Lease | undefined
}

/** A change of tags that is to be remembered. */
export interface SharedChange {
  readonly tags: readonly number[]
  readonly tombstone: Tombstone
  /** Milliseconds. */
  readonly ttl: number
}

/** `kept`: what is there contains at least as much. `outdated`: one of its tags has changed since it was read. */
export type FillOutcome = 'stored' | 'kept' | 'outdated'

/** The right to fill one key, for as long as it is renewed. */
export interface Lease {
  /** Greater than that of every earlier lease of the key: a fill of an owner that lost its lease is recognised by it. */
  readonly fence: number
}

/** What is asked of a lease. */
export interface LeaseTerms {
  /** Milliseconds. */
  readonly ttl: number
  /** Of what was found when the key was looked up (`SharedLookup.stamp`). */
  readonly stamp: number
}

/** A lease, `held`: somebody else has it, or `filled`: there is something else than what was found, so look again. */
export type LeaseAnswer = Lease | 'held' | 'filled'

/** What is told to all instances. Best effort: nothing depends on its arrival. */
export type BusMessage =
  | {
      readonly kind: 'changed'
      readonly epoch: EpochId
      readonly tags: readonly number[]
      readonly tombstone: Tombstone
    }
  | { readonly kind: 'filled'; readonly id: string }
  /** The entries of an operation have a new version: the others are left behind. */
  | { readonly kind: 'bumped'; readonly operation: string; readonly version: number }

export interface BusListener {
  message(message: BusMessage): void
  /** Messages may have been missed since the bus was last known to work. */
  gap(): void
}

/** What has happened since the start, other than what was asked for. */
export interface SharedCacheCounters {
  /** Operations that were not answered in time. */
  readonly timedOut: number
  /** Operations that were answered with an error, or not at all because the connection ended. */
  readonly failed: number
  /** Operations that were turned down at once: the cache was known to be away, or too much was in flight. */
  readonly refused: number
  /** Entries and messages that were not what was expected, and taken for nothing. */
  readonly damaged: number
  /** Messages that could not be sent. */
  readonly dropped: number
  /** How often messages may have been missed (`BusListener.gap`). */
  readonly gaps: number
  /** Connections that were lost or given up. */
  readonly lost: number
}

/**
 * A cache that all instances share. Best effort in both directions: it may forget anything at any time, and nothing that it serves is believed
 * without a look at its label.
 *
 * Every operation is bounded in time by the adapter and rejects with `FUL-3002` when the cache does not answer; nobody waits for it longer, and
 * while it is known to be away operations fail at once. Entries, tombstones and leases of different epochs do not meet.
 */
export interface SharedCache {
  readonly capabilities: SharedCacheCapabilities
  /** Connects; resolves after a short while, also when the cache is away. `FUL-1012` where it is there and refuses what is needed. */
  start(): Promise<void>
  /** It answered lately. */
  readonly isHealthy: boolean
  readonly counters: SharedCacheCounters
  get(epoch: EpochId, key: SharedKey): Promise<SharedLookup>
  /** Compare and set: see `FillOutcome`. With a lease it also ends the lease, and those who wait for it are told (`filled`). */
  fill(epoch: EpochId, key: SharedKey, fill: SharedFill): Promise<FillOutcome>
  /** Remembers for `ttl` milliseconds that tags have changed (`bury` says which changes of each), and tells all instances (`changed`). */
  changed(epoch: EpochId, change: SharedChange): Promise<void>
  /**
   * Takes the right to fill a key for `ttl` milliseconds. When somebody else has it, wait for their `filled`, at most for `ttl`: listen before asking.
   * Whoever looked before a fill and asks after it is told so, instead of doing it all again.
   */
  lease(epoch: EpochId, key: SharedKey, terms: LeaseTerms): Promise<LeaseAnswer>
  /** Prolongs it; `false` when it is lost. */
  renew(epoch: EpochId, key: SharedKey, renewal: Lease & { readonly ttl: number }): Promise<boolean>
  /** Gives it up without a fill; those who wait are told. */
  release(epoch: EpochId, key: SharedKey, lease: Lease): Promise<void>
  /**
   * The version of an operation's entries. Where there is none any more, or one that is behind `known`, the cache has forgotten, and makes another one:
   * greater than `known`, and than any that it may have given out before.
   */
  version(operation: string, known: number): Promise<number>
  /** Makes another one, greater than `known` and than what was, and tells all instances (`bumped`). */
  bump(operation: string, known: number): Promise<number>
  /** One listener; called from the start on. */
  listen(listener: BusListener): void
  close(): Promise<void>
}

/** A configured, unconnected shared cache: what `cache:` in the configuration holds. Its capabilities are known before it is opened. */
export interface SharedCacheSource {
  readonly kind: 'shared-cache'
  readonly capabilities: SharedCacheCapabilities
  open(dependencies: AdapterDependencies): Promise<SharedCache>
}
