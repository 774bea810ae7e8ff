import type { Clock } from '../../kernel/clock.ts'
import { Deadline } from '../../kernel/deadline.ts'
import { silentObserver } from '../../kernel/observer.ts'
import type { IdempotencyLog } from '../../ports/idempotency-log.ts'
import type { ReadTerms, Store } from '../../ports/store.ts'

/** The primary has what is committed. */
const TERMS: ReadTerms = Object.freeze({
  target: 'primary',
  lane: 'pipelined',
  bracket: 'none',
  sees: 'one statement',
})
/** What one look may take: then those who wait for it are told that the database does not answer. */
const LOOK_MS = 5_000

interface Looker {
  readonly id: string
  readonly resolve: (isThere: boolean) => void
  readonly reject: (error: unknown) => void
}

/**
 * Looks whether there are answers, with one statement at a time: who comes while it is under way goes with the next one. Alone a call waits for nobody, and
 * among many a look costs next to nothing.
 */
export class Looking {
  readonly #store: Store
  readonly #log: IdempotencyLog
  readonly #clock: Clock
  readonly #probe = silentObserver.operation('', 'command')
  #waiting: Looker[] = []
  #isUnderWay = false

  constructor(store: Store, log: IdempotencyLog, clock: Clock) {
    this.#store = store
    this.#log = log
    this.#clock = clock
  }

  isAnswered(id: string): Promise<boolean> {
    const { promise, resolve, reject } = Promise.withResolvers<boolean>()
    this.#waiting.push({ id, resolve, reject })
    if (!this.#isUnderWay) void this.#lookAfterAll()
    return promise
  }

  async #lookAfterAll(): Promise<void> {
    this.#isUnderWay = true
    // Those who come in the same turn go along.
    await this.#clock.yield()
    while (this.#waiting.length > 0) await this.#look(this.#waiting.splice(0))
    this.#isUnderWay = false
  }

  async #look(lookers: readonly Looker[]): Promise<void> {
    using deadline = Deadline.after(this.#clock, LOOK_MS)
    const call = { operation: 'fulcrum.idempotency', probe: this.#probe, deadline }
    const reads = this.#store.read(TERMS, call)
    try {
      const ids = lookers.map(({ id }) => id)
      const found = await this.#log.findAny(reads, ids)
      for (const { id, resolve } of lookers) resolve(found.has(id))
    } catch (error) {
      for (const { reject } of lookers) reject(error)
    } finally {
      reads.release()
    }
  }
}
