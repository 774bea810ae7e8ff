import type { Clock } from '../../kernel/clock.ts'
import { Deadline } from '../../kernel/deadline.ts'
import type { IdempotencyLog } from '../../ports/idempotency-log.ts'
import { ownFacts } from '../../ports/own-work.ts'
import type { ReadTerms, Store } from '../../ports/store.ts'
import { Batcher } from '../batcher.ts'

/** The primary has what is committed. */
const TERMS: ReadTerms = Object.freeze({
  target: 'primary',
  lane: 'pipelined',
  bracket: 'none',
  sees: 'one statement',
})
/** What one look may take: then those who wait for it are told that the database does not answer. */
const LOOK_MS = 5_000
const MOST_AT_ONCE = 1_000

interface Question {
  readonly id: string
  isAnswered: boolean
}

/**
 * Looks whether there are answers, with one statement at a time: alone a call waits for nobody, and among many a look costs next to nothing.
 */
export class Looking {
  readonly #store: Store
  readonly #log: IdempotencyLog
  readonly #clock: Clock
  readonly #asking: Batcher<Question>

  constructor(store: Store, log: IdempotencyLog, clock: Clock) {
    this.#store = store
    this.#log = log
    this.#clock = clock
    this.#asking = new Batcher((questions) => this.#look(questions), MOST_AT_ONCE)
  }

  async isAnswered(id: string): Promise<boolean> {
    const question = { id, isAnswered: false }
    await this.#asking.add(question)
    return question.isAnswered
  }

  async #look(questions: readonly Question[]): Promise<void> {
    using deadline = Deadline.after(this.#clock, LOOK_MS)
    const reads = this.#store.read(TERMS, ownFacts('fulcrum.idempotency', deadline))
    try {
      const ids = questions.map(({ id }) => id)
      const found = await this.#log.findAny(reads, ids)
      for (const question of questions) question.isAnswered = found.has(question.id)
    } finally {
      reads.release()
    }
  }
}
