import type { Clock } from '../../kernel/clock.ts'
import type { Random } from '../../kernel/random.ts'
import type { AuditCounts } from '../../observe/audit-counts.ts'
import type { Store } from '../../ports/store.ts'

export interface AuditorParts {
  readonly clock: Clock
  readonly random: Random
  readonly store: Store
  readonly log: (line: string) => void
  /** Of the answers of caches and replicas, above 0, at most 1. */
  readonly share: number
  readonly counts: (operation: string) => AuditCounts
}

/** Audits that are under way, most of which wait until a promise must have come true. */
const MOST_AT_ONCE = 64
/** However many answers are due. */
const MOST_PER_SECOND = 10

/**
 * What all audits of an application share: their budget. They read one after the other, so on one connection, give way while calls wait for a
 * connection of the primary, and are begun no faster than so many a second; what is beyond that is not looked at.
 *
 * open → closed: what is under way is given up, and nothing is begun any more.
 */
export class Auditor {
  readonly parts: AuditorParts
  readonly #closing = new AbortController()
  readonly #audits = new Set<Promise<void>>()
  #turn: Promise<unknown> = Promise.resolve()
  #allowance = MOST_PER_SECOND
  #refilledAt: number

  constructor(parts: AuditorParts) {
    this.parts = parts
    this.#refilledAt = parts.clock.coarse()
  }

  /** Aborts when the auditor closes. */
  get signal(): AbortSignal {
    return this.#closing.signal
  }

  /** Begins an audit, unless there are too many. `audit` never rejects. */
  begin(audit: () => Promise<void>): void {
    if (this.signal.aborted || this.#audits.size >= MOST_AT_ONCE || !this.#mayBegin()) return
    // Not while the caller waits for its answer.
    const begun: Promise<void> = this.parts.clock.yield().then(audit)
    this.#audits.add(begun)
    void begun.finally(() => this.#audits.delete(begun))
  }

  /** Reads when it is its turn. @throws what `read` throws, and when it has to give way. */
  async inTurn<T>(read: () => Promise<T>): Promise<T> {
    const before = this.#turn
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#turn = promise
    await before
    try {
      this.signal.throwIfAborted()
      if (this.#isBusy()) throw new Error('calls wait for connections to the primary')
      return await read()
    } finally {
      resolve()
    }
  }

  /** @throws when the auditor closes. */
  pause(ms: number): Promise<void> {
    return this.parts.clock.sleep(Math.max(0, ms), this.signal)
  }

  async close(): Promise<void> {
    this.#closing.abort()
    await Promise.all(this.#audits)
  }

  #mayBegin(): boolean {
    const now = this.parts.clock.coarse()
    const earned = ((now - this.#refilledAt) * MOST_PER_SECOND) / 1_000
    this.#allowance = Math.min(MOST_PER_SECOND, this.#allowance + earned)
    this.#refilledAt = now
    if (this.#allowance < 1) return false
    this.#allowance -= 1
    return true
  }

  #isBusy(): boolean {
    return this.parts.store
      .nodes()
      .some(({ role, connections }) => role === 'primary' && connections.waiting > 0)
  }
}
