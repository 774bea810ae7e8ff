import type { Clock, Timer } from '../../kernel/clock.ts'
import type { Deadline } from '../../kernel/deadline.ts'
import type { Lease, LeaseAnswer, SharedKey } from '../../ports/shared-cache.ts'
import type { Entry } from '../cache/entry.ts'
import type { FillWaiters } from '../cache/fill-waiters.ts'
import type { Judge } from '../cache/judge.ts'
import type { Lookup } from '../cache/lookup.ts'
import type { OperationCache } from '../cache/operation-cache.ts'
import type { SharedEntries } from '../cache/shared-entries.ts'
import type { Call } from './call.ts'
import { SHARED } from './serving.ts'
import { cacheOf, type Run, type StageParts } from './stage.ts'

/** What an owner that dies in the middle of a fill costs those who wait for it. */
export const LEASE_MS = 150
const RENEW_MS = 50
/** So often somebody looks again for what is said to be there, and finds what it found before. */
const MOST_VAIN_LOOKS = 3
/** Nobody waits for others longer than this, however alive the owner looks: the shared cache may be wrong. */
const LONGEST_WAIT_MS = 5_000

/**
 * Reads a key once on all instances together.
 *
 * asking for the lease → owner (reads, renews, and the fill ends the lease) or waiting (for the owner's fill; it is told, and looks by itself when the
 * lease is over) → served by the fill, or asking again: where the owner has died, has failed, or has filled what does not hold what the waiter's
 * session has to see. Whoever asks just after a fill that it has not seen is told so, and looks again instead of becoming an owner. Without the
 * shared cache it reads at once: coalescing saves work, and nothing depends on it.
 */
export class LeasedReading {
  readonly run: Run
  readonly #next: Run
  readonly #cache: OperationCache
  readonly #shared: SharedEntries
  readonly #judge: Judge
  readonly #clock: Clock

  constructor(next: Run, parts: StageParts, judge: Judge) {
    this.#next = next
    this.#cache = cacheOf(parts)
    this.#shared = this.#cache.shared as SharedEntries
    this.#judge = judge
    this.#clock = parts.clock
    this.run = (call, input) => this.#read(call, input)
  }

  async #read(call: Call, input: unknown): Promise<unknown> {
    const lookup = call.lookup as Lookup
    const shared = this.#shared.keyOf(lookup.key, lookup.tags)
    const until = this.#clock.now() + LONGEST_WAIT_MS
    for (let vain = 0; vain < MOST_VAIN_LOOKS && this.#clock.now() < until;) {
      const { stamp } = lookup
      // It is away, and would be waited for once more.
      if (stamp === undefined) break
      // Listens before it asks: the owner may be done before the answer is here.
      using filled = new Filled(this.#cache.caches.waiters, shared.id)
      const answer = await this.#lease(shared, stamp)
      if (answer === 'away') break
      if (typeof answer === 'object') return await this.#own(call, input, { key: shared, lease: answer })
      if (answer === 'held') {
        call.probe.noted('wait for lease')
        await filled.within(LEASE_MS, this.#clock, call.deadline)
      }
      const entry = await this.#othersFill(call)
      if (entry !== undefined) return entry
      if (answer === 'filled' && lookup.stamp === stamp) vain += 1
    }
    return this.#next(call, input)
  }

  async #lease(key: SharedKey, stamp: number): Promise<LeaseAnswer | 'away'> {
    try {
      return await this.#shared.cache.lease(this.#epoch, key, { ttl: LEASE_MS, stamp })
    } catch {
      return 'away'
    }
  }

  async #own(call: Call, input: unknown, { key, lease }: Owned): Promise<unknown> {
    call.probe.noted('lease')
    call.lease = lease
    const epoch = this.#epoch
    const renewal = new Renewal(this.#clock, () =>
      this.#shared.cache.renew(epoch, key, { ...lease, ttl: LEASE_MS }),
    )
    try {
      return await this.#next(call, input)
    } finally {
      renewal.stop()
      // There was nothing to fill with: whoever waits tries for himself.
      if (call.lease !== undefined) this.#shared.cache.release(epoch, key, lease).catch(ignore)
    }
  }

  /** What somebody else has filled, if it is good enough for this call. */
  async #othersFill(call: Call): Promise<Entry | undefined> {
    const lookup = call.lookup as Lookup
    const { entry, acknowledged, stamp } = await this.#shared.find(lookup.key, lookup.tags)
    lookup.acknowledged = acknowledged
    lookup.stamp = stamp
    const now = this.#judge.now()
    if (entry === undefined || !this.#judge.isGood(entry, call, now)) return undefined
    this.#cache.keep(lookup.key, entry, now)
    call.served(SHARED)
    return entry
  }

  get #epoch(): string {
    return this.#cache.caches.epoch
  }
}

/** The news that a key was filled, from the moment on that somebody listens. */
class Filled implements Disposable {
  readonly #news = Promise.withResolvers<void>()
  readonly #stop: () => void

  constructor(waiters: FillWaiters, id: string) {
    this.#stop = waiters.wait(id, this.#news.resolve)
  }

  /** Resolves with the news, or after `ms`. @throws the reason of the deadline. */
  async within(ms: number, clock: Clock, deadline: Deadline): Promise<void> {
    const timer = clock.timer(ms, this.#news.resolve)
    const expiry = deadline.onExpire(this.#news.reject)
    try {
      await this.#news.promise
    } finally {
      timer.cancel()
      expiry.cancel()
    }
  }

  [Symbol.dispose](): void {
    this.#stop()
  }
}

/** Renews a lease until it is stopped, or lost. A renewal that fails costs others a second reading, nothing more. */
class Renewal {
  readonly #clock: Clock
  readonly #renew: () => Promise<boolean>
  #timer: Timer

  constructor(clock: Clock, renew: () => Promise<boolean>) {
    this.#clock = clock
    this.#renew = renew
    this.#timer = this.#again()
  }

  stop(): void {
    this.#timer.cancel()
  }

  #again(): Timer {
    return this.#clock.timer(RENEW_MS, () => {
      this.#timer = this.#again()
      this.#renew().then((isOwner) => (isOwner ? undefined : this.stop()), ignore)
    })
  }
}

interface Owned {
  readonly key: SharedKey
  readonly lease: Lease
}

function ignore(): undefined {}
