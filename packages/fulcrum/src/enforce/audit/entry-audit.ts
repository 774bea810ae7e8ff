import type { Invalidation } from '../../declare/contract/vocabulary.ts'
import type { Clock } from '../../kernel/clock.ts'
import { type Plan, stageOf } from '../../plan/plan.ts'
import type { AuditOutcome } from '../../observe/audit-counts.ts'
import type { Caches } from '../cache/caches.ts'
import type { Entry } from '../cache/entry.ts'
import { VERSION_MS } from '../cache/entry-version.ts'
import { Judge } from '../cache/judge.ts'
import type { OperationCache } from '../cache/operation-cache.ts'
import type { Auditor } from './auditor.ts'
import { type Reading, type Readings, textOf } from './readings.ts'
import type { Subject } from './subject.ts'

/** News of a change arrive within this, or not at all as far as anybody relies on them. */
const NEWS_MS = 1_000
/** Nobody waits longer for a bound. What is bounded by more is looked at as if it were not bounded. */
const LONGEST_BOUND_MS = 60_000
const WATERMARK_PAUSE_MS = 50

/** What an audit has found out. */
export interface Finding {
  readonly outcome: AuditOutcome
  /** What the primary said, where it said something else. */
  readonly primary?: Reading
}

export interface EntryAuditParts {
  readonly operation: string
  readonly plan: Plan
  readonly caches: Caches
  readonly cache: OperationCache
  readonly clock: Clock
  readonly auditor: Auditor
  readonly readings: Readings
}

/** An answer that a cache has given, with the entry that it came from. */
export type CachedSubject = Subject & { readonly entry: Entry }

/**
 * Compares an answer of a cache with what the primary says.
 *
 * PostgreSQL cannot be asked what it said at an earlier position, so a difference alone says nothing: the contract may have allowed it. What decides
 * is whether the very entry would still be served when it may not be served any more: because its bound has passed since the primary was asked, or
 * because it is held to be complete as of then. An entry was read before the primary was asked, so one that is complete as of then has to be equal.
 */
export class EntryAudit {
  readonly #parts: EntryAuditParts
  readonly #judge: Judge
  readonly #bound: number
  /** Somebody is served by what the entries are held to contain. */
  readonly #isReliedOn: boolean
  /** What ends the entries besides their time. */
  readonly #ends: Invalidation

  constructor(parts: EntryAuditParts) {
    const demands = stageOf(parts.plan, 'single-flight')
    const filled = stageOf(parts.plan, 'fill')
    if (demands === undefined || filled === undefined)
      throw new Error('entries of a plan without caches cannot be audited')
    this.#parts = parts
    this.#judge = new Judge(parts.caches, demands)
    this.#bound = demands.bounds.staleness
    this.#isReliedOn = this.#bound < Infinity || demands.level !== 'none'
    this.#ends = filled.invalidation
  }

  async of(subject: CachedSubject): Promise<Finding> {
    const { operation, readings } = this.#parts
    const primary = await readings.onPrimary(subject)
    const served = textOf(subject.entry.stored, operation)
    if (primary.text === served) return { outcome: 'held' }
    if ((await this.#stillServed(subject)) === undefined) return { outcome: 'allowed' }
    // It may change faster than it can be compared, or depend on more than the data.
    if ((await readings.onPrimary(subject)).text !== primary.text) return { outcome: 'undecided' }
    return { outcome: await this.#judged(subject, primary), primary }
  }

  async #judged(subject: CachedSubject, { at }: Reading): Promise<AuditOutcome> {
    if (this.#ends !== 'ttl') await this.#news(at)
    const entry = await this.#stillServed(subject)
    if (entry === undefined) return 'allowed'
    if (this.#isReliedOn && this.#judge.completeAsOf(entry) >= at) return 'violated'
    if (this.#bound <= LONGEST_BOUND_MS) {
      const { auditor, clock } = this.#parts
      await auditor.pause(at + this.#bound - clock.now())
      if ((await this.#stillServed(subject)) !== undefined) return 'violated'
    }
    // Nobody declares what a version is bumped for.
    return this.#ends === 'event' || this.#ends === 'log' ? 'undeclared' : 'allowed'
  }

  /** Until a change that the primary has shown must have been told, if it is told at all. */
  async #news(at: number): Promise<void> {
    const { auditor, caches, clock } = this.#parts
    const end = clock.now() + NEWS_MS
    // A bump comes as late as other news, and may be noticed later still.
    if (this.#ends === 'version') return auditor.pause(NEWS_MS + VERSION_MS)
    if (this.#ends === 'event') return auditor.pause(NEWS_MS)
    while (clock.now() < end && (caches.watermark?.asOf ?? -Infinity) < at)
      await auditor.pause(WATERMARK_PAUSE_MS)
  }

  /** The entry itself, here or in the shared cache, where it would be served to the same caller now. */
  async #stillServed({ entry, key, tags, token }: CachedSubject): Promise<Entry | undefined> {
    const { cache } = this.#parts
    await cache.version?.ensure()
    if (!cache.isPresent(key)) return undefined
    const here = cache.shelf?.peek(key)
    const found = isSame(here, entry) ? here : (await cache.shared?.find(key, tags))?.entry
    if (found === undefined || !isSame(found, entry)) return undefined
    return this.#judge.isGood(found, { token }, this.#judge.now()) ? found : undefined
  }
}

function isSame(one: Entry | undefined, other: Entry): boolean {
  return one?.label !== undefined && one.label.fill === other.label?.fill
}
